import type { BatchSource, FrozenPart } from "@cassava/contracts";
import { expect, it } from "vitest";
import { extractFeatures, featureBatches, isTrainError } from "../src/index.ts";
import { mapStore, pixelSource } from "./support.ts";

/** Five images of one pixel, in batches of two; counts what is decoded. */
const source = (decoded: string[]): BatchSource =>
  pixelSource(["a", "b", "c", "d", "e"], 2, (ids) => void decoded.push(...ids));

/** Doubles the three numbers of a pixel; counts the images it saw. */
function doubling(ran: string[]): FrozenPart {
  return {
    id: "doubling",
    inputSize: [1, 1],
    outputShape: [3],
    run: async (batch) => {
      ran.push(...batch.ids);
      return Float32Array.from(batch.images, (value) => value * 2);
    },
    dispose() {},
  };
}

it("runs each image once, then takes it from the cache without decoding it", async () => {
  const [decoded, ran]: [string[], string[]] = [[], []];
  const cache = mapStore();
  const first = await extractFeatures(doubling(ran), source(decoded), { cache });
  const second = await extractFeatures(doubling(ran), source(decoded), { cache });
  expect(ran).toEqual(["a", "b", "c", "d", "e"]);
  expect(decoded).toEqual(ran);
  expect([first.cached, second.cached]).toEqual([0, 5]);
  expect(second.features).toEqual(first.features);
  expect([...first.features.subarray(0, 6)]).toEqual([0, 2, 4, 2, 2, 4]);
  expect([...first.labels!]).toEqual([0, 1, 0, 1, 0]);
});

it("computes only what the cache lacks, and replaces an entry of the wrong size", async () => {
  const cache = mapStore();
  const whole = await extractFeatures(doubling([]), source([]), { cache });
  const keys = [...cache.map.keys()];
  cache.map.delete(keys[1]!);
  cache.map.set(keys[2]!, new Uint8Array(3));
  const ran: string[] = [];
  const again = await extractFeatures(doubling(ran), source([]), { cache });
  expect(ran).toEqual(["b", "c"]);
  expect(again.features).toEqual(whole.features);
});

it("refuses features that are not finite", async () => {
  const broken: FrozenPart = {
    ...doubling([]),
    run: async (batch) => new Float32Array(batch.images.length).fill(Number.NaN),
  };
  const failing = extractFeatures(broken, source([]));
  await expect(failing).rejects.toSatisfy((error) => isTrainError(error, "FEATURES_INVALID"));
  await expect(failing).rejects.toThrow("features of a ");
});

it("shuffles anew every epoch, by the seed, and loses nothing", async () => {
  const set = await extractFeatures(doubling([]), source([]));
  const order = async (seed: number, epoch: number) => {
    const ids: string[] = [];
    for await (const batch of featureBatches(set, { batchSize: 2, shuffle: { seed } }).batches(epoch)) {
      for (const [i, id] of batch.ids.entries()) {
        expect(batch.features[i * 3]).toBe(2 * "abcde".indexOf(id));
        expect(batch.labels![i]).toBe("abcde".indexOf(id) % 2);
      }
      ids.push(...batch.ids);
    }
    return ids;
  };
  const [first, again, next, other] = [await order(1, 0), await order(1, 0), await order(1, 1), await order(2, 0)];
  expect(again).toEqual(first);
  expect([next, other]).not.toContainEqual(first);
  expect([...first].sort()).toEqual(["a", "b", "c", "d", "e"]);
});

it("keeps views above 0 by augmentation and by image, and plain images by their bytes alone", async () => {
  const cache = mapStore();
  // All five images have the same bytes; in a view above 0 they differ all the same.
  const seen = (view: number, augmentation: string) => {
    const plain = source([]);
    const same = <T extends { readonly views: Int32Array; readonly hashes: readonly string[] }>(batch: T): T => ({
      ...batch,
      views: batch.views.map(() => view),
      hashes: batch.hashes.map(() => "same"),
    });
    const encoded: BatchSource["encoded"] = async function* () {
      for await (const batch of plain.encoded(0)) {
        yield { ...same(batch), decode: async () => same(await batch.decode()) };
      }
    };
    return { ...plain, augmentation, encoded };
  };
  const ran: string[] = [];
  const run = async (view: number, augmentation: string) => {
    ran.length = 0;
    await extractFeatures(doubling(ran), seen(view, augmentation), { cache });
    return [...ran];
  };
  expect(await run(1, "turn")).toEqual(["a", "b", "c", "d", "e"]);
  expect(await run(1, "turn")).toEqual([]);
  expect(await run(2, "turn")).toHaveLength(5);
  expect(await run(1, "flip")).toHaveLength(5);
  // In view 0 the augmentation has no effect. Images of one batch, and of the next, are looked up before the first is put.
  expect((await run(0, "turn")).slice(0, 2)).toEqual(["a", "b"]);
  expect(await run(0, "flip")).toEqual([]);
});
