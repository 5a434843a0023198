import { evaluateClassification, expectedCalibrationError } from "@cassava/metrics";
import { describe, expect, it } from "vitest";
import { isReportError, type ReportInput, renderReport, reportPhotographs } from "../src/index.ts";
import { madeAnswers, madeRun } from "./made-run.ts";

/** The text of a page, without markup. */
const textOf = (html: string) =>
  html
    .replaceAll(/<(style|svg)[\s\S]*?<\/\1>/g, " ")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");

describe("a report", () => {
  const html = renderReport(madeRun());

  it("says the verdict first, then everything else, each with an entry in the navigation", () => {
    const ids = [...html.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id!);
    expect(ids).toEqual([
      ...["verdict", "diagnosis", "confusion", "classes", "losses", "ranking", "calibration", "seen", "data", "setup"],
    ]);
    for (const id of ids) expect(html).toContain(`href="#${id}"`);
  });

  it("lets long names break, and captions wrap in what is seen of a table", () => {
    expect(html).toMatch(/\bp, li, [^{]*\{ overflow-wrap: anywhere/);
    expect(html).toMatch(/\.scroll \{[^}]*container-type: inline-size/);
    expect(html).toMatch(/caption \{[^}]*max-width: 100cqi/);
  });

  it("shows the numbers of the run", () => {
    const text = textOf(html);
    const { summary, verdict, diagnosis, predictions } = madeRun();
    expect(text).toContain(verdict.text);
    expect(text).toContain(`${(100 * summary.balancedAccuracy.estimate!).toFixed(1)} %`);
    for (const row of summary.confusion) for (const count of row) expect(text).toContain(` ${count} `);
    for (const { name, support } of summary.perClass) expect(text).toContain(`${name} ${support} `);
    expect(diagnosis!.findings.length).toBeGreaterThan(0);
    for (const { title } of diagnosis!.findings) expect(text).toContain(title);
    expect(text).toContain(`Most likely: ${diagnosis!.causes[0]!.title}`);
    const error = expectedCalibrationError(predictions.labels, predictions.probabilities, { classes: 3 });
    expect(text).toContain(`on the test part is ${(100 * error).toFixed(1)} % as the model is`);
  });

  it("draws every epoch where it is", () => {
    // The validation accuracy is the second line of the plot: eight points at one height.
    const plot = html.slice(html.indexOf('id="accuracy-caption"') - 12_000);
    const lines = [...plot.matchAll(/<path d="(M[^"]+)"[^>]*stroke="var\(--s2\)"/g)].map(([, d]) => d!);
    const points = lines[0]!.split(/[ML]/).slice(1);
    expect(points).toHaveLength(8);
    expect(new Set(points.map((point) => point.split(" ")[1])).size).toBe(1);
    expect(new Set(points.map((point) => point.split(" ")[0])).size).toBe(8);
  });

  it("puts curves beside findings, and below where nothing wrong was found", () => {
    const beside = /<div class="columns"><div>[\s\S]*Most likely/;
    expect(html).toMatch(beside);
    expect(html).toMatch(
      /<div class="beside"><figure[\s\S]*<\/div><\/div><div>(<details class="note">[\s\S]*)?<details><summary>\d+ rules? passed/,
    );
    const run = madeRun();
    const well = renderReport({ ...run, diagnosis: { ...run.diagnosis!, findings: [] } });
    expect(well).toMatch(/Nothing wrong was found[\s\S]*<\/div><div class="columns"><figure/);
  });

  it("names a level in the legend, where no line crosses its name, and what happened above the plot", () => {
    const [plot] = /<svg viewBox(?:(?!<svg viewBox)[\s\S])*id="accuracy-caption"/.exec(html)!;
    expect(plot.slice(0, plot.indexOf("</svg>"))).not.toContain("largest class");
    expect(plot.slice(plot.indexOf("</svg>"))).toContain("largest class 73.3 %");
    const [, x, y] = /<text[^>]* (?:transform="translate\(|x=")([\d.]+)(?: |" y=")([\d.]+)[^>]*>kept/
      .exec(plot)!
      .map(Number);
    expect([x! > 58 && x! < 500, y! < 24]).toEqual([true, true]);
  });

  it("labels powers of ten in a few digits", () => {
    const history = [3e-3, 1e-4, 1e-6].map((rate) => ({ loss: 1, learning_rate: rate }));
    const plot = renderReport({ ...madeRun(), history });
    expect(plot).toContain(">0.0001</text>");
    expect(plot).not.toMatch(/>[\d.]{10,}<\/text>/);
  });

  it("draws calibration in bins of twenty images at least, and says where there are too few", () => {
    expect(textOf(html)).toContain("in 3 bins of about 20 images: by chance alone a point may lie 22 % off");
    expect(textOf(html)).toContain("Much of it is chance with 60 images");
    const classes = ["a", "b", "c"];
    const predictions = madeAnswers(50, 3, "few");
    const summary = evaluateClassification({ ...predictions, classes, seed: 1 });
    const few = renderReport({ ...madeRun(classes), predictions, summary });
    expect(textOf(few)).toContain("50 images are too few to draw how often the model is right");
    expect(few).not.toContain('id="reliability-caption"');
  });

  it("does not break a command line within a flag", () => {
    expect(html).toContain('cassava train photographs <span class="flag">--seed</span> 1');
  });

  it("loads nothing: every address is a fragment or data", () => {
    const addresses = [...html.matchAll(/(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)/g)].map(([, address]) => address!);
    expect(addresses.filter((address) => !/^(#|data:)/.test(address))).toEqual([]);
    expect(html).not.toMatch(/<script|<link rel="stylesheet"|@import/);
    expect(html).toContain("default-src &#39;none&#39;");
  });

  it("is the same for the same input, and has no id twice", () => {
    expect(renderReport(madeRun())).toBe(html);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("shows what came from outside as text", () => {
    const nasty = `<img src=x onerror="alert(1)">&'`;
    const run = madeRun([nasty, "b", "c"]);
    const page = renderReport({ ...run, title: nasty, about: nasty, part: nasty, reproduce: [nasty] });
    expect(page).not.toContain("<img src=x");
    expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;");
  });

  it("leaves out what it is not given", () => {
    const { title, about, classes, part, verdict, summary, predictions } = madeRun();
    const page = renderReport({ title, about, classes, part, verdict, summary, predictions });
    const ids = [...page.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id!);
    expect(ids).toEqual(["verdict", "confusion", "classes", "losses", "ranking", "calibration"]);
    expect(page).not.toContain("<img");
    expect(textOf(page)).toContain("A temperature needs labelled images");
  });

  it("does not call good what nothing is wrong with but is not shown to be better", () => {
    const run = madeRun();
    const diagnosis = { ...run.diagnosis!, findings: [], causes: [] };
    const report = (verdict: ReportInput["verdict"]) => textOf(renderReport({ ...run, diagnosis, verdict }));
    expect(report({ ...run.verdict, level: "beyond-doubt" })).toMatch(/Nothing wrong was found (?!in the run)/);
    expect(report({ ...run.verdict, level: "not-better" })).toMatch(
      /Nothing wrong was found in the run But 60 images do not show .* cassava cross-validate judges/,
    );
  });

  it("takes a run that diverged, a class without images and a model that is always right", () => {
    const run = madeRun(["a", "b", "c"]);
    const history = [
      { loss: 1, val_loss: 1 },
      { loss: 4e9, val_loss: Number.POSITIVE_INFINITY },
      { loss: Number.NaN, val_loss: Number.NaN },
    ];
    const page = renderReport({ ...run, history });
    expect(page).toContain('id="diagnosis"');
    for (const [drawing] of page.matchAll(/<svg[\s\S]*?<\/svg>/g)) expect(drawing).not.toMatch(/NaN|Infinity/);
  });
});

describe("photographs", () => {
  it("are those of the greatest losses and of the most frequent mistakes", () => {
    const run = madeRun();
    const asked = reportPhotographs(run);
    expect(new Set(asked).size).toBe(asked.length);
    const html = renderReport({ ...run, photographs: new Map() });
    for (const id of asked) expect(html).toContain(id);
    const { ids, labels, probabilities } = run.predictions;
    const losses = ids.map((id, i) => ({ id, loss: -Math.log(probabilities[i * 3 + labels[i]!]!) }));
    losses.sort((a, b) => b.loss - a.loss);
    for (const { id } of losses.slice(0, 12)) expect(asked).toContain(id);
  });
});

describe("input that contradicts itself", () => {
  const cases: readonly [string, Partial<ReportInput>, RegExp][] = [
    ["other classes", { classes: ["a", "b", "c"] }, /summary is of the classes/],
    ["one class", { classes: ["a"] }, /classes has 1 names/],
    ["answers of another part", { predictions: madeRun().validation! }, /predictions are 40 and the summary is of 60/],
    ["no answers", { predictions: { ids: [], labels: [], probabilities: [] } }, /predictions are empty/],
    ["too few probabilities", { validation: { ids: ["a"], labels: [0], probabilities: [1] } }, /validation have 1 ids/],
    ["an address", { photographs: new Map([["a", "https://example.org/a.jpg"]]) }, /loads nothing/],
  ];
  it.each(cases)("%s", (_, change, message) => {
    const error = (() => {
      try {
        return renderReport({ ...madeRun(), ...change });
      } catch (caught) {
        return caught;
      }
    })();
    expect(isReportError(error, "INPUT_INVALID")).toBe(true);
    expect(String(error)).toMatch(message);
  });
});
