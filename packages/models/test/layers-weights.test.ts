import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { isModelsError } from "../src/index.ts";
import { readWeightsFile } from "../src/node.ts";
import { withFolder } from "./with-folder.ts";

const quantized = (dtype: "uint8" | "uint16", scale: number, min: number) => ({
  quantization: { dtype, scale, min, original_dtype: "float32" as const },
});
const halves = { quantization: { dtype: "float16" as const, original_dtype: "float32" as const } };

/** Weights in every form of the format; their bytes follow one another without padding. */
const group = [
  { entry: { name: "conv1_conv/kernel", shape: [1, 1, 1, 3] }, stored: Float32Array.of(1.5, -2, 3e-5) },
  { entry: { name: "small", shape: [3], ...quantized("uint8", 0.1, -5) }, stored: Uint8Array.of(0, 100, 255) },
  { entry: { name: "wide", shape: [2, 1], ...quantized("uint16", 1e-3, 2) }, stored: Uint16Array.of(7, 65535) },
  // 1, -2, the smallest subnormal, the largest number, a third, minus zero.
  {
    entry: { name: "half", shape: [6], ...halves },
    stored: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x3555, 0x8000),
  },
  { entry: { name: "scalar", shape: [] }, stored: Float32Array.of(9) },
];
const specs: tf.io.WeightsManifestEntry[] = group.map(({ entry }) => ({ ...entry, dtype: "float32" as const }));
const bytes = Buffer.concat(group.map(({ stored }) => new Uint8Array(stored.buffer)));

async function folderWith(
  folder: string,
  weights: readonly object[],
  paths: readonly string[],
  shards: readonly Uint8Array[],
): Promise<string> {
  for (const [i, shard] of shards.entries()) await writeFile(join(folder, paths[i]!), shard);
  const path = join(folder, "model.json");
  await writeFile(path, JSON.stringify({ modelTopology: null, weightsManifest: [{ paths, weights }] }));
  return path;
}

describe("the weights of a tfjs model.json", () => {
  it("are those that tf.io.decodeWeights reads, over whatever shards", () =>
    withFolder(async (folder) => {
      const data = new Uint8Array(bytes).buffer;
      const wanted = tf.io.decodeWeights(data, specs);
      // The cut goes through the middle of a number.
      const path = await folderWith(folder, specs, ["a.bin", "b.bin"], [bytes.subarray(0, 21), bytes.subarray(21)]);
      const found = await readWeightsFile(path);
      expect([...found.keys()]).toEqual(Object.keys(wanted));
      for (const [name, { shape, data }] of found) {
        expect(shape).toEqual(wanted[name]!.shape);
        expect(data).toEqual(wanted[name]!.dataSync());
      }
      tf.dispose(wanted);
    }));

  it("are those of a model that tfjs saved", () =>
    withFolder(async (folder) => {
      const model = tf.sequential({
        layers: [
          tf.layers.depthwiseConv2d({ name: "dw", kernelSize: 2, inputShape: [4, 4, 3] }),
          tf.layers.batchNormalization({ name: "bn" }),
        ],
      });
      let saved: tf.io.ModelArtifacts | undefined;
      await model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
        }),
      );
      const shard = new Uint8Array(saved!.weightData as ArrayBuffer);
      const found = await readWeightsFile(await folderWith(folder, saved!.weightSpecs!, ["w.bin"], [shard]));
      expect([...found.keys()].sort()).toEqual([
        "bn/beta",
        "bn/gamma",
        "bn/moving_mean",
        "bn/moving_variance",
        "dw/bias",
        "dw/depthwise_kernel",
      ]);
      expect(found.get("dw/depthwise_kernel")!.data).toEqual(model.layers[0]!.getWeights()[0]!.dataSync());
      model.dispose();
    }));

  it("are refused, with the name of the file, where they are not what the manifest says", () =>
    withFolder(async (folder) => {
      const other = (entry: object) => [{ ...specs[0]!, ...entry }];
      const cases: [weights: readonly object[], paths: string[], shards: Uint8Array[], message: RegExp][] = [
        [specs, ["a.bin"], [bytes.subarray(1)], /^FILE: its shards a\.bin have 34 bytes instead of 35;/],
        [
          specs,
          ["a.bin"],
          [],
          /^FOLDER\/a\.bin: cannot be read \(ENOENT.*FILE names it: copy the model with its shards$/,
        ],
        [other({ dtype: "int32" }), ["a.bin"], [bytes], /^FILE: holds conv1_conv\/kernel as int32; only float32/],
        [other(quantized("uint8", Number.NaN, 0)), ["a.bin"], [bytes], /holds conv1_conv\/kernel as float32 in uint8/],
        [specs, ["../a.bin"], [], /^FILE: has no weightsManifest/],
        [specs, ["/etc/a.bin"], [], /^FILE: has no weightsManifest/],
        [other({ shape: 3 }), ["a.bin"], [bytes], /^FILE: has no weightsManifest/],
      ];
      for (const [weights, paths, shards, message] of cases) {
        await withFolder(async (inner) => {
          const path = await folderWith(inner, weights, paths, shards);
          const error = await readWeightsFile(path).catch((thrown: unknown) => thrown);
          expect(isModelsError(error, "WEIGHTS_UNREADABLE")).toBe(true);
          expect((error as Error).message.replace(path, "FILE").replace(inner, "FOLDER")).toMatch(message);
        });
      }
      const path = join(folder, "model.json");
      for (const text of ['{"weightsManifest": [', "{}"]) {
        await writeFile(path, text);
        await expect(readWeightsFile(path)).rejects.toThrow(/is no JSON|has no weightsManifest/);
      }
    }));
});
