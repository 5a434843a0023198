import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { arrayOf, type DumpedValue, difference, dumpValues, rowsOf } from "../../../conformance/tensorboard/dump.mjs";
import { histogramBuckets, type RecordedValue, readSummaries } from "../src/tensorboard.ts";

const path = (name: string) => fileURLToPath(new URL(`../../../fixtures/tensorboard/${name}`, import.meta.url));
const expected: {
  readonly arrays: Readonly<Record<string, readonly [string, string]>>;
  readonly files: Readonly<Record<string, readonly DumpedValue[]>>;
} = JSON.parse(readFileSync(path("expected.json"), "utf8"));

async function read(name: string): Promise<RecordedValue[]> {
  const values: RecordedValue[] = [];
  const cuts: unknown[] = [];
  const bytes = new Uint8Array(readFileSync(path(`${name}.tfevents`)));
  for await (const value of readSummaries(bytes, { onCut: (cut) => cuts.push(cut) })) values.push(value);
  expect(cuts).toEqual([]);
  return values;
}

describe("files of other writers (fixtures/tensorboard)", () => {
  it.each([
    ["v2", 39],
    ["v1", 20],
    ["other", 20],
  ])("hold what TensorBoard reads in them: %s", async (name, least) => {
    const values = dumpValues(await read(name));
    expect(values.length).toBeGreaterThan(least);
    expect(difference(values, expected.files[name]!)).toBe(undefined);
  });

  it("are told apart from others", async () => {
    const values = dumpValues(await read("v2"));
    expect(difference(values.slice(1), expected.files.v2!)).toMatch(/values, not/);
    const [first, ...rest] = values;
    expect(difference([{ ...first!, step: 1 }, ...rest], expected.files.v2!)).toMatch(/step is 1, not 0/);
  });

  it("lose nothing without a word: what is not known says what it is", async () => {
    const said = (values: readonly RecordedValue[]) =>
      values.flatMap((value) => {
        if (value.kind === "other") return [value.what];
        return value.kind === "unknown" ? [`${value.tag}: ${value.what}`] : [];
      });
    expect(said(await read("v2"))).toEqual([
      "sound: a tensor of strings of shape [1,2] for the plugin audio",
      "bare: a tensor of numbers of shape [2] without a plugin",
    ]);
    const v1 = said(await read("v1"));
    expect(v1.slice(0, 2).sort()).toEqual(["graphDef", "metaGraphDef"]);
    expect(v1.at(-1)).toBe("sessionLog");
    expect([...new Set(v1.slice(2, -1))]).toEqual([
      "tensor: a tensor of numbers of shape [2] without a plugin",
      "sound/audio/0: audio",
    ]);
  });

  it("keep descriptions and names to show", async () => {
    const [v2, other] = [await read("v2"), await read("other")];
    const of = (values: readonly RecordedValue[], tag: string) =>
      values.find((value) => value.kind !== "other" && value.tag === tag);
    expect(of(v2, "loss")).toMatchObject({ kind: "scalar", description: "of *training*" });
    expect(of(other, "lists/same")).toMatchObject({ kind: "histogram", displayName: "shown" });
  });
});

it("histograms have the buckets of tf.summary.histogram", () => {
  const rows = (tag: string) => expected.files.v2!.find((value) => value.tag === `counts/${tag}`)?.rows;
  const tags = Object.keys(expected.arrays);
  expect(tags).toContain("empty");
  for (const tag of tags)
    expect([tag, rowsOf(histogramBuckets(arrayOf(expected.arrays[tag]!)))]).toEqual([tag, rows(tag)]);
  expect(rowsOf(histogramBuckets(arrayOf(expected.arrays.normal!), 7))).toEqual(rows("seven"));
});
