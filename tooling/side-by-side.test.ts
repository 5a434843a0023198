import { describe, expect, it, vi } from "vitest";
import { median, sideBySide } from "../bench/side-by-side.mjs";

describe("median", () => {
  it("is the middle, or the mean of the two in the middle", () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 10])).toBe(3);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("sideBySide", () => {
  it("runs the contenders in turns, the order turned round each time, and leaves the warm-up out", async () => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const order: string[] = [];
    const times = { ours: [9, 1, 2, 3], peer: [9, 4, 4, 10] };
    const contender = (name: "ours" | "peer") => async () => {
      order.push(name);
      return times[name].shift();
    };
    const rows = await sideBySide({ contenders: { ours: contender("ours"), peer: contender("peer") }, rounds: 3 });
    expect(order).toEqual(["peer", "ours", "ours", "peer", "peer", "ours", "ours", "peer"]);
    expect(rows).toEqual([
      { contender: "ours", rounds: 3, median: 2, min: 1, max: 3, spread: 1, ratio: 1 },
      { contender: "peer", rounds: 3, median: 4, min: 4, max: 10, spread: 1.5, ratio: 2 },
    ]);
  });

  it("uses its own clock where a contender names no time, and refuses a time that is none", async () => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const wait = () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 5));
    const [row] = await sideBySide({ contenders: { wait }, rounds: 1, warmup: 0 });
    expect(row?.median).toBeGreaterThan(0);
    await expect(sideBySide({ contenders: { odd: async () => Number.NaN }, rounds: 1 })).rejects.toThrow(
      "odd reports NaN",
    );
  });
});
