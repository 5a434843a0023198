import type { FrozenPart } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";
import { asFloat32, extractFeatures, featureBatches, isTrainError, predict, viewBatches } from "../src/index.ts";
import { disposeOf, linearClassifier, mapStore, pixelSource } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const WIDTH = 64;
const ids = Array.from({ length: 40 }, (_, i) => `image-${i}`);

/** Features as a ReLU and a mean over positions leave them: from 0 to some 5, small ones too. */
function part(scale = 1): FrozenPart & { ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    id: `scaled by ${scale}`,
    inputSize: [1, 1],
    outputShape: [WIDTH],
    async run(batch) {
      ran.push(...batch.ids);
      const row = (i: number, j: number) => scale * Math.abs(Math.sin(i * 1.7 + j)) ** (1 + (j % 9)) * 5;
      return Float32Array.from({ length: batch.ids.length * WIDTH }, (_, k) =>
        row(ids.indexOf(batch.ids[Math.floor(k / WIDTH)]!), k % WIDTH),
      );
    },
    dispose() {},
  };
}

it("float16 takes half the bytes, has entries of its own in the cache, and reads back the same", async () => {
  const cache = mapStore();
  const [first, other, again] = [part(), part(), part()];
  const set = await extractFeatures(first, pixelSource(ids, 7), { cache, precision: "float16" });
  expect(set.features).toBeInstanceOf(Uint16Array);
  expect([...cache.map.values()].map(({ length }) => length)).toEqual(ids.map(() => 2 * WIDTH));
  const exact = await extractFeatures(other, pixelSource(ids, 7), { cache });
  expect([first.ran, other.ran, exact.cached, cache.map.size]).toEqual([ids, ids, 0, 2 * ids.length]);
  const cached = await extractFeatures(again, pixelSource(ids, 7), { cache, precision: "float16" });
  expect([again.ran, cached.cached]).toEqual([[], ids.length]);
  expect(cached.features).toEqual(set.features);
  for await (const { features } of featureBatches(cached, { batchSize: 40 }).batches(0)) {
    expect(features).toBeInstanceOf(Float32Array);
    expect(features).toEqual(asFloat32(set).features);
  }
  const views = viewBatches([set, { ...set, features: set.features.map(() => 0x3c00) }], { batchSize: 40, seed: 1 });
  for await (const { features } of views.batches(0)) {
    const ones = ids.map((_, i) => features.subarray(i * WIDTH, (i + 1) * WIDTH).every((value) => value === 1));
    expect(ones.filter(Boolean).length).toBeGreaterThan(5);
    const row = ones.indexOf(false);
    expect(features.subarray(row * WIDTH, (row + 1) * WIDTH)).toEqual(
      asFloat32(set).features.subarray(row * WIDTH, (row + 1) * WIDTH),
    );
  }
  expect(asFloat32(exact).features).toBe(exact.features);
});

it("float16 moves the logits of a head by no more than its rounding can", async () => {
  const model = linearClassifier(WIDTH, 5);
  const [exact, half] = [
    await extractFeatures(part(), pixelSource(ids, 7)),
    await extractFeatures(part(), pixelSource(ids, 7), { precision: "float16" }),
  ];
  const logitsOf = async (set: typeof exact | typeof half) =>
    (await predict(model, featureBatches(set, { batchSize: 16 }))).logits;
  const [wanted, found] = [await logitsOf(exact), await logitsOf(half)];
  const kernel = await model.weights[0]!.variable.data();
  let largest = 0;
  for (const [i] of ids.entries()) {
    for (let c = 0; c < 5; c++) {
      // Half a unit of the eleventh bit of each feature, and the roundings of a float32 sum.
      let bound = 1e-5;
      for (let j = 0; j < WIDTH; j++) {
        bound += Math.abs(kernel[j * 5 + c]!) * Math.max(2 ** -11 * exact.features[i * WIDTH + j]!, 2 ** -25);
      }
      const apart = Math.abs(found[i * 5 + c]! - wanted[i * 5 + c]!);
      expect(apart).toBeLessThanOrEqual(bound);
      largest = Math.max(largest, apart);
    }
  }
  // It does round.
  expect(largest).toBeGreaterThan(1e-5);
  disposeOf(model);
});

it("float16 refuses what it cannot hold, by name; a damaged entry of the cache is computed again", async () => {
  const failing = extractFeatures(part(20_000), pixelSource(ids, 7), { precision: "float16" });
  await expect(failing).rejects.toSatisfy((error) => isTrainError(error, "FEATURES_INVALID"));
  await expect(failing).rejects.toThrow(/the features of image-\d+ reach \d+.*, beyond float16's 65504; use .*float32/);
  const cache = mapStore();
  await extractFeatures(part(), pixelSource(ids, 7), { cache, precision: "float16" });
  const [first, second] = [...cache.map.keys()] as [string, string];
  cache.map.set(first, cache.map.get(first)!.slice(2));
  cache.map.set(second, new Uint8Array(2 * WIDTH).fill(0xff));
  const again = part();
  await extractFeatures(again, pixelSource(ids, 7), { cache, precision: "float16" });
  expect(again.ran).toEqual(["image-0", "image-1"]);
});

it("decodes the next batch while one runs, never further, and tells how long the rest will take", async () => {
  const events: string[] = [];
  const source = pixelSource(ids.slice(0, 6), 2, (some) => events.push(`decode ${some[0]}`));
  const slow: FrozenPart = {
    ...part(),
    async run(batch) {
      events.push(`run ${batch.ids[0]}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      events.push(`ran ${batch.ids[0]}`);
      return new Float32Array(batch.ids.length * WIDTH);
    },
  };
  const left: number[] = [];
  await extractFeatures(slow, source, { onProgress: ({ secondsLeft }) => left.push(secondsLeft) });
  expect(events).toEqual([
    "decode image-0",
    ...["run image-0", "decode image-2", "ran image-0"],
    ...["run image-2", "decode image-4", "ran image-2"],
    ...["run image-4", "ran image-4"],
  ]);
  expect(left.slice(0, 2).every((seconds) => seconds > 0)).toBe(true);
  expect(left[2]).toBe(0);
});

it("computes what it has before it reports an error of a later batch", async () => {
  const cache = mapStore();
  const source = pixelSource(ids.slice(0, 6), 2, (some) => {
    if (some[0] === "image-2") throw new Error("image-2 cannot be read");
  });
  await expect(extractFeatures(part(), source, { cache })).rejects.toThrow("image-2 cannot be read");
  expect(cache.map.size).toBe(2);
});
