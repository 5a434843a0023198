import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  decodeShards,
  encodeShards,
  isShardName,
  layersManifest,
  shardCount,
  shardName,
} from "../src/export/layers-weights.ts";
import { isModelsError, type WeightArray } from "../src/index.ts";

const weight = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return fc.float32Array({ minLength: size, maxLength: size }).map((data): WeightArray => ({ shape, data }));
});
const weights = fc.array(weight).map((list) => new Map(list.map((value, i) => [`layer_${i}/kernel`, value])));

async function* cut(shards: Iterable<Uint8Array>, size: number) {
  for (const shard of shards) for (let at = 0; at < shard.length; at += size) yield shard.subarray(at, at + size);
}

it("brings back every weight, bit for bit, however the bytes are cut", () =>
  fc.assert(
    fc.asyncProperty(weights, fc.integer({ min: 1, max: 9 }), async (values, size) => {
      const manifest = layersManifest(values, { float16: false });
      const shards = [...encodeShards(values, manifest)];
      expect(shards).toHaveLength(shardCount(manifest));
      const decoded = await decodeShards(manifest, cut(shards, size));
      expect([...decoded]).toEqual([...values]);
    }),
  ));

it("as float16 changes kernels by half a unit of the eleventh bit at most, and vectors not at all", () =>
  fc.assert(
    fc.asyncProperty(weights, fc.integer({ min: 1, max: 9 }), async (values, size) => {
      const manifest = layersManifest(values, { float16: true });
      const decoded = await decodeShards(manifest, cut(encodeShards(values, manifest), size));
      for (const { name, quantization } of manifest) {
        const [{ shape, data }, { data: halves }] = [values.get(name)!, decoded.get(name)!];
        if (quantization === undefined) {
          expect(halves).toEqual(data);
          expect(shape.length < 2 || data.some((value) => !(Math.abs(value) <= 65504))).toBe(true);
          continue;
        }
        for (const [i, value] of data.entries()) {
          const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
          expect(Math.abs(halves[i]! - value)).toBeLessThanOrEqual(value === 0 ? 0 : unit / 2);
        }
      }
      expect([...encodeShards(decoded, manifest)]).toEqual([...encodeShards(values, manifest)]);
    }),
  ));

it("decodes every finite half as tfjs does", async () => {
  await tf.setBackend("cpu");
  const halves = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((half) => (half & 0x7c00) !== 0x7c00);
  const quantization = { dtype: "float16", original_dtype: "float32" } as const;
  const entry = { name: "a/kernel", shape: [halves.length, 1], dtype: "float32", quantization } as const;
  const decoded = await decodeShards([entry], cut([new Uint8Array(halves.buffer)], 1000));
  const theirs = tf.io.decodeWeights(halves.buffer, [{ ...entry, shape: [...entry.shape] }]);
  expect(decoded.get("a/kernel")!.data).toEqual(theirs["a/kernel"]!.dataSync());
});

it("refuses bytes that are too few or too many", async () => {
  const values = new Map([["a/kernel", { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }]]);
  const manifest = layersManifest(values, { float16: false });
  const [shard] = [...encodeShards(values, manifest)];
  for (const [bytes, says] of [
    [shard!.slice(0, -1), /^model\.json: .* fewer bytes/],
    [Uint8Array.of(...shard!, 0), /^model\.json: .* more bytes/],
  ] as const) {
    const decoding = decodeShards(manifest, cut([bytes], 100));
    await expect(decoding).rejects.toSatisfy((error) => isModelsError(error, "MODEL_CORRUPT"));
    await expect(decoding).rejects.toThrow(says);
  }
});

it("knows its files", () => {
  expect(shardName(11, 24, "0123456789abcdef")).toBe("group1-01234567-shard12of24.bin");
  expect(["group1-01234567-shard12of24.bin", "group1-shard1of1.bin"].every(isShardName)).toBe(true);
  expect(
    ["group1-0123-shard1of1.bin", "group1-shard1of1.bin.tmp", "a/group1-shard1of1.bin", "model.json"].some(isShardName),
  ).toBe(false);
});
