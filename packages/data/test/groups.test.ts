import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDataError, mergeGroups, parseGroupCsv, split } from "../src/index.ts";
import { rejection } from "./support.ts";

describe("mergeGroups", () => {
  it("joins groups that share an image, and drops what stands alone", () => {
    const plants = new Map([
      ["a", "p"],
      ["b", "p"],
      ["c", "q"],
      ["d", "r"],
      ["e", "r"],
    ]);
    const twins = new Map([
      ["b", 1],
      ["c", 1],
      ["x", 2],
    ]);
    const merged = mergeGroups(plants, twins);
    expect([...merged.keys()].sort()).toEqual(["a", "b", "c", "d", "e"]);
    expect(new Set(["a", "b", "c"].map((id) => merged.get(id))).size).toBe(1);
    expect(merged.get("d")).toBe(merged.get("e"));
    expect(merged.get("a")).not.toBe(merged.get("d"));
    expect(mergeGroups()).toEqual(new Map());
  });

  it("is the finest grouping that all are part of", () => {
    const grouping = fc.dictionary(fc.constantFrom(..."abcdefghij"), fc.integer({ min: 0, max: 4 }));
    fc.assert(
      fc.property(grouping, grouping, (one, two) => {
        const [first, second] = [one, two].map((groups) => new Map(Object.entries(groups)));
        const merged = mergeGroups(first!, second!);
        const linked = (a: string, b: string) =>
          [first!, second!].some((groups) => groups.has(a) && groups.get(a) === groups.get(b));
        // Reachability over links, by breadth-first search.
        for (const start of "abcdefghij") {
          const seen = new Set([start]);
          for (const at of seen) for (const next of "abcdefghij") if (linked(at, next)) seen.add(next);
          for (const other of "abcdefghij") {
            if (other === start) continue;
            expect(merged.has(start) && merged.get(start) === merged.get(other)).toBe(seen.has(other));
          }
        }
      }),
    );
  });
});

describe("parseGroupCsv", () => {
  it("reads a column, in any form that spreadsheets write; an empty cell is no group", async () => {
    const text = '\uFEFFimage_id,label,plant\r\na.jpg,0,"p, 1"\r\nb.jpg,1,"p, 1"\r\nc.jpg,0,\r\n';
    const groups = await parseGroupCsv(text, { groupColumn: "plant" });
    expect(groups).toEqual(
      new Map([
        ["a.jpg", "p, 1"],
        ["b.jpg", "p, 1"],
      ]),
    );
    const entries = ["a", "b", "c", "d"].map((name, k) => ({ id: `${name}.jpg`, label: 0, file: "", record: k }));
    const classes = [{ index: 0, name: "x" }];
    for (let seed = 0; seed < 20; seed++) {
      const { train } = split({ classes, entries }, { ratios: [0.5, 0.5], groups, seed });
      expect(train.includes("a.jpg")).toBe(train.includes("b.jpg"));
      const byFunction = split({ classes, entries }, { ratios: [0.5, 0.5], groups: ({ id }) => groups.get(id), seed });
      expect(byFunction.train).toEqual(train);
    }
  });

  it("names column, line and image of what is wrong", async () => {
    expect(await rejection(parseGroupCsv("image_id,label\na,1"))).toMatchObject({ code: "CSV_COLUMN", line: 1 });
    const error = await rejection(parseGroupCsv("image_id,group\na,1\na,2", { file: "plants.csv" }));
    expect(isDataError(error, "LABEL_CONFLICT") && [error.id, error.line, error.file]).toEqual(["a", 3, "plants.csv"]);
  });
});
