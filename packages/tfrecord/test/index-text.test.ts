import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isTFRecordError } from "../src/index.ts";
import { loadIndex, saveIndex } from "../src/node.ts";
import {
  buildIndex,
  bytesAccess,
  parseIndex,
  readRecordAt,
  serializeIndex,
  shuffledOrder,
} from "../src/random-access.ts";
import { failureCode, frames, text } from "./helpers.ts";

const content = frames(text("a"), text("bcd"), new Uint8Array(0), text("last"));

describe("an index as text", () => {
  it("comes back as it was, in both formats", async () => {
    const index = await buildIndex(content);
    expect(parseIndex(serializeIndex(index))).toEqual(index);
    expect(parseIndex(serializeIndex(index, { format: "text" }))).toEqual(index);
    expect(serializeIndex(index, { format: "text" })).toBe("0 17\n17 19\n36 16\n52 20\n");
    expect(parseIndex("", { byteLength: 0 }).count).toBe(0);
  });

  it("keeps the size of a file that has more than records", async () => {
    const damaged = new Uint8Array([...content, 1, 2, 3]);
    const index = await buildIndex(damaged, { onCorrupt: "skip" });
    const access = bytesAccess(damaged);
    expect(new TextDecoder().decode(await readRecordAt(access, parseIndex(serializeIndex(index)), 3))).toBe("last");
    const lines = serializeIndex(index, { format: "text" });
    expect(await failureCode(readRecordAt(access, parseIndex(lines), 3))).toBe("INDEX_MISMATCH");
    expect(new TextDecoder().decode(await readRecordAt(access, parseIndex(lines, { byteLength: 75 }), 3))).toBe("last");
  });

  it.each([
    ["lines of something else", "0 17\nhello\n"],
    ["overlapping records", "0 17\n16 19\n"],
    ["a length below the framing", "0 15\n"],
    ["other JSON", '{"offsets":[0],"lengths":[1]}'],
    ["cut JSON", '{"format":"cassava-record-index"'],
    ["another version", '{"format":"cassava-record-index","version":2,"byteLength":17,"offsets":[0],"lengths":[1]}'],
    [
      "lists that do not match",
      '{"format":"cassava-record-index","version":1,"byteLength":17,"offsets":[0],"lengths":[]}',
    ],
    [
      "records beyond the end",
      '{"format":"cassava-record-index","version":1,"byteLength":16,"offsets":[0],"lengths":[1]}',
    ],
    [
      "numbers that are none",
      '{"format":"cassava-record-index","version":1,"byteLength":17,"offsets":["x"],"lengths":[1]}',
    ],
  ])("is refused where it is malformed: %s", (_, malformed) => {
    try {
      parseIndex(malformed, { file: "a.idx" });
      expect.unreachable();
    } catch (error) {
      expect(isTFRecordError(error, "INDEX_MISMATCH")).toBe(true);
      expect((error as Error).message).toMatch(/^a\.idx: /);
    }
  });

  it("is saved whole and loaded again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tfrecord-index-"));
    const index = await buildIndex(content);
    await saveIndex(join(folder, "a.json"), index);
    await saveIndex(join(folder, "a.idx"), index, { format: "text" });
    expect(await loadIndex(join(folder, "a.json"))).toEqual(index);
    expect(await loadIndex(join(folder, "a.idx"), { byteLength: content.length })).toEqual(index);
    expect((await readdir(folder)).sort()).toEqual(["a.idx", "a.json"]);
    expect(await failureCode(loadIndex(join(folder, "b.json")))).toBe("SOURCE_UNREADABLE");
    expect(await failureCode(saveIndex(join(folder, "none", "a.json"), index))).toBe("WRITE_FAILED");
    await rm(folder, { recursive: true });
  });
});

describe("shuffledOrder", () => {
  it("is a permutation that depends on seed and epoch only", () => {
    const order = shuffledOrder(1000, { seed: 7, epoch: 2 });
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(shuffledOrder(1000, { seed: 7, epoch: 2 })).toEqual(order);
    for (const other of [
      { seed: 7, epoch: 3 },
      { seed: 8, epoch: 2 },
      { seed: 2, epoch: 7 },
    ])
      expect(shuffledOrder(1000, other)).not.toEqual(order);
    expect([...shuffledOrder(10, { seed: 42 })]).toMatchInlineSnapshot(`
      [
        8,
        0,
        5,
        6,
        3,
        4,
        1,
        9,
        2,
        7,
      ]
    `);
    expect([...shuffledOrder(0)]).toEqual([]);
    expect([...shuffledOrder(1)]).toEqual([0]);
    expect(() => shuffledOrder(-1)).toThrow("-1 records");
    expect(() => shuffledOrder(1.5)).toThrow("1.5 records");
  });

  it("gives every permutation of four about as often as any other", () => {
    // Chi-squared with 23 degrees of freedom over 24,000 seeds: above 49.7 with probability 0.001; the seeds are fixed.
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 24_000; seed++) {
      const order = shuffledOrder(4, { seed }).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(49.7);
  });
});
