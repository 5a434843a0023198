import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  audit,
  memoryDataset,
  SYNTHETIC_CLASSES,
  type SyntheticLeaf,
  type SyntheticLeavesOptions,
  syntheticLeaf,
  syntheticLeaves,
} from "../src/index.ts";
import { rejection } from "./support.ts";

const small: SyntheticLeavesOptions = { count: 200, size: 16, seed: 4 };
const draw = (options: SyntheticLeavesOptions): SyntheticLeaf[] => [...syntheticLeaves({ ...small, ...options })];
const pixelsOf = (leaves: readonly SyntheticLeaf[]) => leaves.map(({ pixels }) => Buffer.from(pixels).toString("hex"));

describe("the knobs of the synthetic leaves", () => {
  it("leave the default as it was published, pixel for pixel", () => {
    const hash = createHash("sha256");
    for (const { id, label, pixels } of syntheticLeaves({ count: 60 })) hash.update(`${id} ${label}\n`).update(pixels);
    expect(hash.digest("hex").slice(0, 32)).toMatchInlineSnapshot(`"5ff04f495d16e805abd8b5e12c9b161f"`);
    const zero = { labelNoise: 0, duplicates: 0, nearDuplicates: 0, shortcut: 0 };
    expect(draw(zero)).toEqual(draw({}));
  });

  it("imbalance: the most frequent class has so many times the images of the rarest", () => {
    const counts = (imbalance: number) => {
      const leaves = draw({ imbalance, count: 1000 });
      return SYNTHETIC_CLASSES.map(({ index }) => leaves.filter(({ label }) => label === index).length);
    };
    expect(counts(1)).toEqual([200, 200, 200, 200, 200]);
    // 16 : 8 : 4 : 2 : 1 of 1,000 in the order 3, 4, 2, 1, 0.
    expect(counts(16)).toEqual([32, 65, 129, 516, 258]);
  });

  it("labelNoise: exactly so many labels are wrong, all wrong classes occur, and no pixel changes", () => {
    const clean = draw({});
    const noisy = draw({ labelNoise: 0.1 });
    const wrong = noisy.filter(({ label, drawn }) => label !== drawn);
    expect(wrong).toHaveLength(20);
    expect(noisy.map(({ drawn }) => drawn)).toEqual(clean.map(({ label }) => label));
    expect(pixelsOf(noisy)).toEqual(pixelsOf(clean));
    expect(new Set(wrong.map(({ label }) => label)).size).toBeGreaterThan(2);
    const more = new Set(draw({ labelNoise: 0.2 }).flatMap(({ label, drawn, id }) => (label === drawn ? [] : [id])));
    expect(wrong.every(({ id }) => more.has(id))).toBe(true);
    expect(more.size).toBe(40);
    expect(draw({ labelNoise: 1 }).every(({ label, drawn }) => label !== drawn)).toBe(true);
  });

  it("duplicates: so many leaves are another of their class, as an audit then finds", async () => {
    const clean = draw({});
    const leaves = draw({ duplicates: 0.1, nearDuplicates: 0.05, size: 32 });
    const byId = new Map(leaves.map((leaf) => [leaf.id, leaf]));
    const copies = leaves.filter(({ copyOf }) => copyOf !== undefined);
    expect(copies).toHaveLength(30);
    expect(leaves.map(({ label }) => label)).toEqual(clean.map(({ label }) => label));
    for (const { copyOf, label } of copies) expect(byId.get(copyOf!)).toMatchObject({ label });
    const exact = copies.filter(({ copyOf, pixels }) => Buffer.from(pixels).equals(byId.get(copyOf!)!.pixels));
    expect(exact).toHaveLength(20);
    const untouched = draw({ size: 32 });
    for (const [k, leaf] of leaves.entries())
      if (leaf.copyOf === undefined) expect(leaf.pixels).toEqual(untouched[k]!.pixels);

    const data = memoryDataset({
      classes: SYNTHETIC_CLASSES,
      images: leaves.map(({ id, label, pixels }) => ({ id, label, bytes: pixels })),
    });
    const decode = { id: "raw", decode: async (pixels: Uint8Array) => ({ width: 32, height: 32, pixels }) };
    const report = await audit(data, { decode });
    const familyOf = ({ id, copyOf }: SyntheticLeaf) => copyOf ?? id;
    const families = new Map<string, string[]>();
    for (const leaf of leaves) families.set(familyOf(leaf), [...(families.get(familyOf(leaf)) ?? []), leaf.id]);
    const found = [...report.duplicates.groups, ...report.nearDuplicates!.groups].flatMap(({ ids }) =>
      ids.map((id) => [id, ids] as const),
    );
    for (const copy of copies)
      expect(found.some(([id, ids]) => id === copy.id && ids.includes(copy.copyOf!))).toBe(true);
    for (const [id, ids] of found)
      for (const other of ids) expect(families.get(familyOf(byId.get(id)!))).toContain(other);
  });

  it("duplicates of noisy labels conflict", () => {
    const leaves = draw({ duplicates: 0.4, labelNoise: 0.3 });
    const byId = new Map(leaves.map((leaf) => [leaf.id, leaf]));
    expect(leaves.some(({ copyOf, label }) => copyOf && byId.get(copyOf)!.label !== label)).toBe(true);
  });

  it("shortcut: a tag tells the label on so many leaves, and covers nothing else", () => {
    const [clean, told, half] = [{}, { shortcut: 1 }, { shortcut: 0.5 }].map((options) =>
      draw({ ...options, size: 32 }),
    );
    const colour = ({ pixels }: SyntheticLeaf) => pixels.slice((2 * 32 + 2) * 3, (2 * 32 + 2) * 3 + 3).join();
    const tells = (leaves: readonly SyntheticLeaf[]) => {
      const byLabel = new Map(told!.map((leaf) => [leaf.label, colour(leaf)]));
      return leaves.filter((leaf) => colour(leaf) === byLabel.get(leaf.label)).length / leaves.length;
    };
    expect(new Set(told!.map(colour)).size).toBe(5);
    expect(tells(told!)).toBe(1);
    // .5 + .5 / 5 = .6 with a standard deviation of .035 at n = 200.
    expect(Math.abs(tells(half!) - 0.6)).toBeLessThan(0.11);
    for (const [k, leaf] of told!.entries()) {
      const changed = Array.from(leaf.pixels).flatMap((level, at) => (level === clean![k]!.pixels[at] ? [] : [at]));
      for (const at of changed)
        expect([Math.floor(at / 96) <= 4, Math.floor((at % 96) / 3) <= 4]).toEqual([true, true]);
    }
  });

  it("draws leaf i alone as among the others, whatever the knobs", () => {
    const options = { ...small, count: 30, duplicates: 0.2, nearDuplicates: 0.2, labelNoise: 0.2, shortcut: 0.7 };
    for (const [k, leaf] of draw(options).entries()) expect(syntheticLeaf(k, options)).toEqual(leaf);
  });

  it("refuses what is no share", async () => {
    const wrong: readonly SyntheticLeavesOptions[] = [
      { labelNoise: 1.1 },
      { duplicates: -0.1 },
      { nearDuplicates: Number.NaN },
      { shortcut: 2 },
      { imbalance: 0.5 },
      { duplicates: 0.6, nearDuplicates: 0.6 },
    ];
    for (const options of wrong) {
      const error = await rejection(async () => syntheticLeaves(options));
      expect(error).toMatchObject({ code: "OPTION_INVALID" });
      expect((error as Error).message).toContain(Object.keys(options)[0]);
    }
  });
});
