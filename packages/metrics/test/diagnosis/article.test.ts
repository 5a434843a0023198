import { describe, expect, it } from "vitest";
import { describeDiagnosis, diagnose, readHistory } from "../../src/diagnosis.ts";
import { COUNTS } from "./cases.ts";

// The four histories that the students' article shows, typed in from its text: two digits where it gives two.
const steady = [1.25, 1.26, 1.24, 1.25, 1.25, 1.26, 1.25, 1.24];
const swings = [1.31, 1.22, 1.37, 1.25, 1.34, 1.2, 1.36, 1.27, 1.33, 1.23];
const rows = (epochs: number, row: (epoch: number) => readonly (number | string)[]) =>
  Array.from({ length: epochs }, (_, epoch) => [epoch, ...row(epoch)].join(",")).join("\n");
const HEADER = "epoch,loss,accuracy,val_accuracy\n";
/** Both losses fall all the way; the article's figure has no scale that says how far. */
const falling = (floor: number) =>
  `epoch,loss,val_loss,val_accuracy\n${rows(20, (e) => [(floor + 0.9 * 0.95 ** e).toFixed(3), (floor + 0.8 * 0.95 ** e).toFixed(3), e === 0 ? 0.12 : 0.61])}`;
const ARTICLE = {
  plateau: HEADER + rows(30, (e) => [e < 2 ? [1.6, 1.31][e]! : steady[e % 8]!, 0.61, e < 2 ? [0.55, 0.59][e]! : 0.6]),
  exact: falling(1.2),
  below: falling(0.6),
  fluctuating: HEADER + rows(20, (e) => [swings[e % 10]!, 0.6, 0.618]),
  healthy:
    HEADER +
    rows(30, (e) => [
      (0.62 + 0.6 * 0.9 ** e).toFixed(3),
      (0.76 - 0.2 * 0.9 ** e).toFixed(3),
      (0.74 - 0.11 * 0.85 ** e + 0.004 * Math.sin(9 * e)).toFixed(3),
    ]),
};
const diagnosed = (text: string, classCounts: readonly number[] | null = COUNTS) =>
  diagnose({ history: readHistory(text), ...(classCounts && { classCounts }) });

describe("the article's histories", () => {
  it(".60 from epoch 3 to 30 with the loss at 1.25: only the shares were learned; preprocessing first", () => {
    const found = diagnosed(ARTICLE.plateau);
    expect(found.findings[0]).toMatchObject({ rule: "majority-collapse", severity: "error" });
    expect(found.causes[0]?.cause).toBe("preprocessing");
    expect(describeDiagnosis(found)).toMatch(/Try first: pass RGB pixels from 0 to 255/);
  });

  it(".12, then .61 exactly and flat, with falling losses: it learns, too slowly", () => {
    const found = diagnosed(ARTICLE.exact);
    expect(found.findings[0]).toMatchObject({ rule: "majority-collapse" });
    expect(["learning-rate-too-low", "too-little-training"]).toContain(found.causes[0]?.cause);
  });

  it("the same with a loss below the entropy: it learns below the surface, which is a note and no collapse", () => {
    const found = diagnosed(ARTICLE.below);
    expect(found.findings.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(describeDiagnosis(found)).toMatch(/That is no collapse.*Train for more epochs/s);
  });

  it(".618 flat with a training loss that goes up and down: the learning rate first", () => {
    const found = diagnosed(ARTICLE.fluctuating);
    expect(found.findings[0]).toMatchObject({ rule: "majority-collapse", severity: "error" });
    expect(found.causes[0]?.cause).toBe("learning-rate-too-high");
    expect(describeDiagnosis(found)).toMatch(/Try first: divide the learning rate by ten/);
  });

  it("a healthy one that ends at .74: nothing is wrong", () => {
    const { findings } = diagnosed(ARTICLE.healthy);
    expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(describeDiagnosis(diagnosed(ARTICLE.healthy))).toMatch(/^Nothing wrong was found/);
  });

  it("tells that validation stands at a share also where the part's own share is another than the whole's", () => {
    for (const share of [0.6, 0.61, 0.618]) {
      const text = HEADER + rows(10, (e) => [1.25 + 0.01 * (e % 2), 0.6, share]);
      expect(diagnosed(text).findings[0]?.rule).toBe("majority-collapse");
    }
  });
});

describe("frozen accuracies of public issues", () => {
  // keras#2975 and others: the figures that their reporters posted.
  it.each([
    ["98 of 220, five times", 98 / 220, 5],
    ["120 of 150, five times", 120 / 150, 5],
    [".5676, ten times", 0.5676, 10],
  ])("%s", (_, accuracy, epochs) => {
    const text = `loss,val_acc\n${rows(epochs, () => [])
      .split("\n")
      .map((_, e) => `${(0.72 - 0.01 * e).toFixed(4)},${accuracy.toFixed(4)}`)
      .join("\n")}`;
    expect(diagnosed(text, null).findings.map(({ rule }) => rule)).toContain("frozen-metric");
  });

  it("98 of 220 is the share of the smaller of two classes, where the validation part is known", () => {
    const text = `loss,val_accuracy\n${Array.from({ length: 5 }, (_, e) => `${0.7 - 0.01 * e},0.4455`).join("\n")}`;
    const { findings } = diagnose({ history: readHistory(text), splitCounts: { validation: [98, 122] } });
    expect(findings[0]).toMatchObject({ rule: "majority-collapse" });
    expect(findings[0]?.title).toMatch(/class 0/);
  });
});

it("a healthy run with dropout .5 that answers the majority below the entropy is no collapse", () => {
  // Measured: facts/cassava.md; every answer the majority class at a validation loss of .957, the entropy 1.18.
  const labels = Array.from({ length: 212 }, (_, i) => (i % 13 < 8 ? 3 : i % 5));
  const probabilities: number[] = labels.flatMap((label) =>
    [0, 1, 2, 3, 4].map((c): number => (c === 3 ? 0.5 : c === label ? 0.2 : 0.1)),
  );
  for (let i = 0; i < labels.length; i++) {
    const row = probabilities.slice(5 * i, 5 * i + 5);
    const sum = row.reduce((a, b) => a + b);
    for (let c = 0; c < 5; c++) probabilities[5 * i + c] = row[c]! / sum;
  }
  const text = `loss,accuracy,val_loss,val_accuracy\n${Array.from({ length: 15 }, (_, e) => `${(1.05 + 0.3 * 0.8 ** e).toFixed(3)},0.62,${(0.957 + 0.2 * 0.7 ** e).toFixed(3)},0.6179`).join("\n")}`;
  const found = diagnose({
    history: readHistory(text),
    splitCounts: { train: [40, 80, 90, 522, 106], validation: [11, 22, 24, 131, 24] },
    setup: { dropout: 0.5 },
    predictions: { split: "validation", labels, probabilities, classes: 5 },
  });
  const collapse = found.findings.find(({ rule }) => rule === "majority-collapse");
  expect(collapse?.severity).toBe("info");
  expect(collapse?.explanation).toMatch(/no collapse/);
  expect(found.findings.filter(({ severity }) => severity === "error")).toEqual([]);
});
