import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import h5wasm from "h5wasm";
import { describe, expect, it } from "vitest";
import { isModelsError, loadBackbone, readKerasWeights } from "../src/index.ts";
import { sharedWeights } from "./support.ts";

interface Tensor {
  readonly shape: number[];
  readonly data: Float32Array;
}

let files = 0;

/** A file in the layout of Keras's save_weights: groups by layer, tensors by `weight_names`. */
async function kerasFile(layers: Record<string, Record<string, Tensor>>, split = false): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const path = `/test-${files++}.h5`;
  const file = new h5wasm.File(path, "w");
  const names = Object.keys(layers);
  if (split) {
    file.create_attribute("layer_names0", names.slice(0, 1));
    file.create_attribute("layer_names1", names.slice(1));
  } else file.create_attribute("layer_names", names);
  for (const [layer, tensors] of Object.entries(layers)) {
    const group = file.create_group(layer);
    // h5wasm cannot write an empty list; Keras leaves an empty attribute for layers without weights.
    if (Object.keys(tensors).length > 0) group.create_attribute("weight_names", Object.keys(tensors));
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      const parts = name.split("/");
      let at = group;
      for (const part of parts.slice(0, -1))
        at = at.keys().includes(part) ? (at.get(part) as typeof group) : at.create_group(part);
      at.create_dataset({ name: parts.at(-1)!, data, shape });
    }
  }
  file.close();
  const bytes = FS.readFile(path) as Uint8Array;
  FS.unlink(path);
  return bytes;
}

const kernel = { shape: [1, 2], data: Float32Array.of(1.5, -2) };
const bias = { shape: [2], data: Float32Array.of(3, 4) };

describe("readKerasWeights", () => {
  it("reads Keras 2's and Keras 3's names alike, gzipped or not, with layer_names in one or several parts", async () => {
    const two = await kerasFile({
      a: { "a/kernel:0": kernel, "a/bias:0": bias },
      b: {},
      c: { "x/c/depthwise_kernel:0": kernel },
    });
    const three = await kerasFile(
      { a: { "a/kernel": kernel, "a/bias": bias }, b: {}, c: { "c/kernel": kernel } },
      true,
    );
    for (const bytes of [two, three, gzipSync(three)]) {
      const weights = await readKerasWeights(bytes);
      expect([...weights.keys()]).toEqual(["a/kernel", "a/bias", "c/kernel"]);
      expect(weights.get("a/kernel")).toEqual(kernel);
      expect(weights.get("a/bias")).toEqual(bias);
    }
  });

  it("says what a file is that holds no weights", async () => {
    const bytes = await kerasFile({ a: { "a/kernel": kernel } });
    const cases: [Uint8Array, RegExp][] = [
      [new Uint8Array(0), /^w\.h5: is empty/],
      [new TextEncoder().encode("<!DOCTYPE html><html>"), /^w\.h5: is an HTML or XML page/],
      [new TextEncoder().encode("version https://git-lfs"), /^w\.h5: is not an HDF5 file/],
      [bytes.slice(0, bytes.length / 2), /^w\.h5: is truncated or damaged/],
      [gzipSync(bytes).subarray(0, 60), /^w\.h5: is a truncated or damaged gzip file/],
    ];
    for (const [content, message] of cases) {
      const failing = readKerasWeights(content, { file: "w.h5" });
      await expect(failing).rejects.toSatisfy((error) => isModelsError(error, "WEIGHTS_UNREADABLE"));
      await expect(failing).rejects.toThrow(message);
    }
  });
});

describe("loadBackbone", () => {
  it("lists every mismatch in one error", () => {
    const { weights } = loadBackbone("resnet14", { weights: "none" });
    const wrong = new Map(weights);
    wrong.delete("conv1_conv/kernel");
    wrong.set("conv1_bn/gamma", bias);
    wrong.set("fc1000/kernel", kernel);
    const load = () => loadBackbone("resnet14", { weights: wrong, file: "w.h5" });
    expect(load).toThrow(
      "w.h5: holds other weights than those of resnet14 without its top: 1 missing (conv1_conv/kernel); " +
        "1 of the wrong shape (conv1_bn/gamma is [2] instead of [16]); 1 not used (fc1000/kernel)",
    );
    expect(load).toThrow(expect.objectContaining({ code: "WEIGHTS_MISMATCH", file: "w.h5" }));
  });

  it("refuses an unknown name and an impossible size", () => {
    expect(() => loadBackbone("resnet51", { weights: "none" })).toThrow(
      /choose one of mobilenetV2, resnet50, resnet14/,
    );
    expect(() => loadBackbone("RESNET50", { weights: "none", inputSize: 31 })).toThrow(/at least 32; got 31/);
  });

  it("draws the same weights for the same seed, of He's variance", () => {
    const draw = (seed: number) =>
      loadBackbone("resnet14", { weights: "none", seed }).weights.get("conv4_block2_2_conv/kernel")!.data;
    expect(draw(1)).toEqual(draw(1));
    expect(draw(2)).not.toEqual(draw(1));
    const data = draw(1);
    const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length;
    // n = 36,864 draws of variance 2 / 576: the estimate is within 5 % with more than six standard errors to spare.
    expect(variance / (2 / 576)).toBeGreaterThan(0.95);
    expect(variance / (2 / 576)).toBeLessThan(1.05);
  });
});

describe.skipIf(sharedWeights === undefined)(
  "real ImageNet weights (skipped where ../shared/weights is missing)",
  () => {
    it.each([
      ["mobilenetV2", "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"],
      ["resnet50", "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5.gz"],
    ])("fill %s, and no other backbone", async (name, file) => {
      const weights = await readKerasWeights(readFileSync(`${sharedWeights}${file}`), { file });
      expect(loadBackbone(name, { weights }).pretrained).toBe(true);
      const other = name === "resnet50" ? "mobilenetV2" : "resnet50";
      expect(() => loadBackbone(other, { weights, file })).toThrow(
        new RegExp(`^${file}: holds other weights than those of ${other}`),
      );
    });
  },
);
