import { describe, expect, it } from "vitest";
import { audit, type Dataset, duplicateGroups, memoryDataset, split } from "../src/index.ts";
import { plain, plainDecoder, rejection } from "./support.ts";

const data: Dataset = {
  ...memoryDataset({
    classes: ["a", "b", "c"],
    images: [
      { id: "1", label: 1, bytes: plain(4, 3, 1) },
      { id: "2", label: 1, bytes: plain(4, 3, 2) },
      { id: "3", label: 0, bytes: plain(4, 3, 1) },
      { id: "4", label: 1, bytes: plain(8, 3, 4) },
      { id: "5", bytes: plain(2, 9, 5) },
      { id: "6", label: 1, bytes: plain(4, 3, 2) },
      { id: "7", label: 0, bytes: plain(0, 0, 0) },
      { id: "8", bytes: plain(4, 3, 2) },
    ],
  }),
  problems: [
    { kind: "row-without-image", id: "x", file: "train.csv", message: "no image" },
    { kind: "image-without-row", id: "y", file: "y.jpg", message: "no row" },
    { kind: "image-without-row", id: "z", file: "z.jpg", message: "no row" },
    { kind: "duplicate-id", id: "1", file: "train.csv", message: "again" },
    { kind: "unread-file", id: "b/1.HEIC", file: "b/1.HEIC", message: "not read" },
  ],
};

describe("audit", () => {
  it("counts classes, and knows share and entropy of what a model that learned nothing would answer", async () => {
    const report = await audit(data);
    expect(report.images).toEqual({ total: 8, labelled: 6, unlabelled: 2 });
    expect(report.found).toEqual({ rows: 10, images: 10 });
    expect(report.classes).toEqual([
      { index: 0, name: "a", count: 2, share: 2 / 6 },
      { index: 1, name: "b", count: 4, share: 4 / 6 },
      { index: 2, name: "c", count: 0, share: 0 },
    ]);
    expect(report.majority).toEqual({ class: 1, name: "b", share: 4 / 6 });
    // -(1/3 ln 1/3 + 2/3 ln 2/3)
    expect(report.labelEntropy).toBeCloseTo(0.6365141682948128, 12);
    const bare = await audit(memoryDataset({ classes: [], images: [{ id: "1", bytes: plain(1, 1, 1) }] }));
    expect([bare.majority, bare.labelEntropy, bare.classes]).toEqual([null, 0, []]);
  });

  it("reports what was left out, by kind", async () => {
    const report = await audit(data);
    expect(report.rowsWithoutImage).toEqual({ count: 1, ids: ["x"] });
    expect(report.imagesWithoutRow).toEqual({ count: 2, ids: ["y", "z"] });
    expect(report.otherProblems).toEqual([data.problems[3]]);
    expect(report.unreadFiles).toEqual({ count: 1, ids: ["b/1.HEIC"], extensions: { ".heic": 1 }, photographs: 1 });
  });

  it("finds equal images, and whether their labels disagree; a split can keep them together", async () => {
    const report = await audit(data);
    expect(report.duplicates.conflicts).toBe(1);
    expect(report.duplicates.groups.map(({ ids, labels, conflict }) => ({ ids, labels, conflict }))).toEqual([
      { ids: ["1", "3"], labels: [1, 0], conflict: true },
      { ids: ["2", "6", "8"], labels: [1, 1, null], conflict: false },
    ]);
    const groups = duplicateGroups(report);
    expect([...groups.keys()].sort()).toEqual(["1", "2", "3", "6", "8"]);
    expect(groups.get("2")).toBe(groups.get("6"));
    expect(groups.get("1")).not.toBe(groups.get("2"));
    for (let seed = 0; seed < 20; seed++) {
      const { train } = split(data, { ratios: [0.5, 0.5], groups, seed });
      expect(train.includes("1")).toBe(train.includes("3"));
      expect(train.includes("2")).toBe(train.includes("6"));
    }
  });

  it("decodes only with a decoder; then it knows sizes, and who cannot be read and why", async () => {
    const bare = await audit(data);
    expect([bare.decoded, bare.sizes, bare.unreadable]).toEqual([false, null, []]);
    const report = await audit(data, { decode: plainDecoder() });
    expect(report.decoded).toBe(true);
    expect(report.sizes).toEqual({
      counts: { "4x3": 5, "8x3": 1, "2x9": 1 },
      aspects: { "1.33": 5, "2.67": 1, "0.22": 1 },
      minWidth: 2,
      maxWidth: 8,
      minHeight: 3,
      maxHeight: 9,
    });
    expect(report.unreadable).toEqual([
      { id: "7", file: "(memory)", reason: 'image "7" of (memory) cannot be decoded' },
    ]);
  });

  it("counts classes of each shard", async () => {
    const entries = data.entries.map((entry, k) => ({
      ...entry,
      file: k < 5 ? "s0.tfrec" : "s1.tfrec",
      record: k % 5,
    }));
    const report = await audit({ ...data, entries }, { decode: plainDecoder() });
    expect(report.shards).toEqual([
      { file: "s0.tfrec", total: 5, unlabelled: 1, counts: [1, 3, 0] },
      { file: "s1.tfrec", total: 3, unlabelled: 1, counts: [1, 1, 0] },
    ]);
    expect(report.unreadable).toMatchObject([{ id: "7", record: 1 }]);
    expect((await audit(data)).shards).toEqual([]);
  });

  it("is plain JSON, and reports an image whose file cannot be read", async () => {
    const gone = { ...data, read: () => Promise.reject(new Error("EIO: i/o\nerror")) };
    const report = await audit(gone);
    expect(report.unreadable).toHaveLength(8);
    expect(report.unreadable[0]).toEqual({ id: "1", file: "(memory)", reason: "EIO: i/o error" });
    expect(report.duplicates.groups).toEqual([]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("tells progress, and stops on an abort", async () => {
    const steps: number[] = [];
    await audit(data, { onProgress: ({ done, total }) => steps.push(done / total) });
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((done) => done / 8));
    const stop = new AbortController();
    const reason = new Error("enough");
    const error = await rejection(audit(data, { signal: stop.signal, onProgress: () => stop.abort(reason) }));
    expect(error).toBe(reason);
  });
});
