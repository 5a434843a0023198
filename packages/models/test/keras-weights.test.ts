import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { weightSpecs } from "../src/graph/shapes.ts";
import { backboneSpec, isModelsError, loadBackbone, readKerasWeights } from "../src/index.ts";
import { assignWeights } from "../src/weights/assign.ts";
import type { Weights } from "../src/weights/weights.ts";
import { kerasFile } from "./keras-file.ts";
import { sharedWeights } from "./support.ts";

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
      const last = bytes === two ? "x/c/depthwise_kernel" : "c/kernel";
      expect([...weights.keys()]).toEqual(["a/kernel", "a/bias", last]);
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

/** The weights that a backbone needs, and such weights, each with a number of its own in place of its values. */
function numbered(name: string) {
  const specs = weightSpecs(backboneSpec(name).build(1), [224, 224, 3]);
  const weights = new Map(specs.map(({ name, shape }, i) => [name, { shape, data: Float32Array.of(i) }]));
  return { specs, weights };
}

/** Renames weights as an old file has them. */
const renamed = (weights: Weights, rename: (layer: string, variable: string) => string): Weights =>
  new Map([...weights].map(([name, weight]) => [rename(...(name.split("/") as [string, string])), weight]));

describe("names of older files", () => {
  const check = (name: string, rename: (layer: string, variable: string) => string) => {
    const { specs, weights } = numbered(name);
    const old = renamed(weights, rename);
    expect([...old.keys()]).not.toEqual([...weights.keys()]);
    expect(old.size).toBe(weights.size);
    expect(assignWeights(specs, old, { backbone: name })).toEqual(weights);
    return [...old.keys()];
  };

  // Listings of vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5 in public repositories, still the official file.
  it("of VGG: block1_conv1_W_1:0, without a group", () => {
    const names = { kernel: "W", bias: "b" };
    for (const name of ["vgg16", "vgg19"]) {
      const old = check(name, (layer, variable) => `${layer}_${names[variable as keyof typeof names]}_1:0`);
      expect(old.slice(0, 2)).toEqual(["block1_conv1_W_1:0", "block1_conv1_b_1:0"]);
      check(name, (layer, variable) => `${layer}/${layer}_${names[variable as keyof typeof names]}_1:0`);
    }
  });

  // keras-team/keras-applications, densenet.py: conv1/conv, conv1/bn and bn, the others as now.
  it("of DenseNet: groups in groups, of which the last names alone are not unique", () => {
    const old = check("densenet169", (layer, variable) => `${layer.replace("conv1_", "conv1/")}/${variable}:0`);
    expect(old).toContain("conv1/bn/gamma:0");
    expect(old).toContain("bn/gamma:0");
    check("densenet169", (layer, variable) => `densenet169/${layer.replaceAll("_", "/")}/${variable}_1:0`);
  });

  // fchollet/deep-learning-models, resnet50.py (2016): layers conv1, bn_conv1, res2a_branch2a, bn2a_branch1, …; its release v0.2 has
  // conv1_W:0 and bn_conv1_running_std:0 (the variance), files of Keras 2 have res2a_branch2a/kernel:0.
  it("of ResNet50: res2a_branch2a, with the variables of Keras 1 and of Keras 2", () => {
    const layerOf = (layer: string) => {
      if (layer === "conv1_conv") return "conv1";
      if (layer === "conv1_bn") return "bn_conv1";
      const [, stage, block, number, kind] = /^conv(\d)_block(\d)_(\d)_(conv|bn)$/.exec(layer)!;
      const branch = ["1", "2a", "2b", "2c"][Number(number)];
      return `${kind === "conv" ? "res" : "bn"}${stage}${" abcdef"[Number(block)]}_branch${branch}`;
    };
    const old = check("resnet50", (layer, variable) => `${layerOf(layer)}/${variable}:0`);
    for (const layer of ["conv1", "bn_conv1", "res2a_branch1", "res4f_branch2c", "bn5c_branch2b"]) {
      expect(old.some((name) => name.startsWith(`${layer}/`))).toBe(true);
    }
    const first = { kernel: "W", bias: "b", moving_mean: "running_mean", moving_variance: "running_std" };
    check("resnet50", (layer, variable) => `${layerOf(layer)}_${first[variable as keyof typeof first] ?? variable}:0`);
  });

  it("of tfjs: depthwise_kernel, and the model's name before the layer's", () => {
    check("mobilenetV2", (layer, variable) => {
      const own = layer.includes("depthwise") && variable === "kernel" ? "depthwise_kernel" : variable;
      return `model/mobilenetv2/${layer}/${own}`;
    });
  });

  it("are not guessed: two that mean one weight, and one that means none, are listed", () => {
    const specs = [{ name: "a/kernel", shape: kernel.shape, node: "a", stage: "a", role: "kernel" as const }];
    const found = new Map([
      ["a/kernel", kernel],
      ["x/a/kernel:0", kernel],
      ["a/optimizer_state", kernel],
    ]);
    expect(() => assignWeights(specs, found, { backbone: "b" })).toThrow(
      "holds other weights than those of b without its top: 1 not used (a/optimizer_state); 1 there twice (x/a/kernel:0)",
    );
  });
});

describe("loadBackbone", () => {
  it("lists every mismatch in one error", async () => {
    const { weights } = await loadBackbone("resnet14", { weights: "none" });
    const wrong = new Map(weights);
    wrong.delete("conv1_conv/kernel");
    wrong.set("conv1_bn/gamma", bias);
    wrong.set("extra/kernel", kernel);
    const load = () => loadBackbone("resnet14", { weights: wrong, file: "w.h5" });
    await expect(load()).rejects.toThrow(
      /^w\.h5: holds other weights than those of resnet14 without its top: 1 missing \(conv1_conv\/kernel\); 1 of the wrong shape \(conv1_bn\/gamma is \[2\] instead of \[16\]\); 1 not used \(extra\/kernel\)$/,
    );
    await expect(load()).rejects.toThrow(expect.objectContaining({ code: "WEIGHTS_MISMATCH", file: "w.h5" }));
  });

  it("says so when a file has the top", async () => {
    const { weights } = numbered("vgg16");
    for (const name of ["fc1_W_1:0", "predictions/kernel:0", "fc1000/bias"]) {
      const withTop = new Map([...weights, [name, kernel]]);
      await expect(loadBackbone("vgg16", { weights: withTop, file: "w.h5" })).rejects.toThrow(
        `1 not used (${name}); these are weights with top: take the file without`,
      );
    }
  });

  it("refuses an unknown name, an impossible size or alpha, and weights that nobody published", async () => {
    await expect(loadBackbone("resnet51", { weights: "none" })).rejects.toThrow(/choose one of .*resnet50/);
    await expect(loadBackbone("RESNET50", { weights: "none", inputSize: 31 })).rejects.toThrow(/at least 32; got 31/);
    await expect(loadBackbone("vgg16", { weights: "none", alpha: 0.5 })).rejects.toThrow(/alpha 1; got 0\.5/);
    await expect(loadBackbone("resnet50", { weights: "imagenet", alpha: 0.5 })).rejects.toThrow(
      /resnet50 at alpha 0\.5/,
    );
    const narrow = await loadBackbone("resnet50", { weights: "none", alpha: 0.25, inputSize: 32 });
    expect(narrow.weights.get("conv5_block3_3_conv/kernel")?.shape).toEqual([1, 1, 128, 512]);
    await expect(loadBackbone("resnet14", { weights: "imagenet" })).rejects.toThrow(/no ImageNet weights of resnet14/);
  });

  it("draws the same weights for the same seed, of He's variance", async () => {
    const draw = async (seed: number) => {
      const { weights } = await loadBackbone("resnet14", { weights: "none", seed });
      return weights.get("conv4_block2_2_conv/kernel")!.data;
    };
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(2)).not.toEqual(await draw(1));
    const data = await draw(1);
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
      ["mobilenetV2", 1, "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"],
      ["mobilenet", 0.25, "mobilenet_2_5_224_tf_no_top.h5"],
      ["resnet50", 1, "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5.gz"],
    ])("fill %s, and no other backbone", async (name, alpha, file) => {
      const weights = await readKerasWeights(readFileSync(`${sharedWeights}${file}`), { file });
      expect((await loadBackbone(name, { weights, alpha })).pretrained).toBe(true);
      const other = name === "resnet50" ? "mobilenetV2" : "resnet50";
      await expect(loadBackbone(other, { weights, file })).rejects.toThrow(
        new RegExp(`^${file}: holds other weights than those of ${other}`),
      );
    });
  },
);
