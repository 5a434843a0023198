import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import onnxProto from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { exportOnnx } from "../src/export/onnx-classifier.ts";
import { cutGraph } from "../src/graph/cut.ts";
import {
  type CassavaClassifier,
  createClassifier,
  denseHead,
  type FrozenEngine,
  loadBackbone,
  readKerasWeights,
  stagesOf,
} from "../src/index.ts";
import { contractDifference, contractOf, runOnnx } from "./onnx-support.ts";
import { fiveClasses, noiseBatch, relativeDifference, sharedWeights, withStatistics } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

describe("whole networks", () => {
  it.each([
    ["resnet14", 64],
    ["resnet14", 65],
    ["mobilenetV2", 64],
    ["mobilenetV2", 96],
  ])("%s at %d px, whole and cut before each fourth stage", async (name, inputSize) => {
    const backbone = await loadBackbone(name, { weights: "none", inputSize });
    const weights = withStatistics(backbone.weights);
    const contract = contractOf(backbone.spec.preprocessing, inputSize);
    expect(await contractDifference({ graph: backbone.graph, weights }, contract)).toBeLessThan(1e-4);
    const stages = stagesOf(backbone.graph).filter((_, at) => at % 4 === 2);
    for (const stage of stages) {
      const { below } = cutGraph(backbone.graph, stage);
      expect(await contractDifference({ graph: below, weights }, contract)).toBeLessThan(1e-4);
    }
    expect(stages.length).toBeGreaterThan(0);
  });

  const real = describe.skipIf(sharedWeights === undefined);
  real("with ImageNet weights (skipped where ../shared/weights is missing)", () => {
    it.each([
      ["mobilenetV2", "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"],
      ["resnet50", "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5.gz"],
    ])("%s", async (name, file) => {
      const imagenet = await readKerasWeights(readFileSync(join(sharedWeights!, file)), { file });
      const { graph, weights, spec } = await loadBackbone(name, { weights: imagenet, inputSize: 160 });
      expect(await contractDifference({ graph, weights }, contractOf(spec.preprocessing, 160))).toBeLessThan(1e-4);
    });
  });
});

/** ONNX Runtime by its own means, without the package that wraps it. */
const bareEngine: FrozenEngine = {
  name: "bare",
  async load(onnx, spec) {
    const session = await InferenceSession.create(onnx, { logSeverityLevel: 3, intraOpNumThreads: 1 });
    return {
      ...spec,
      async run({ images, shape }) {
        const { features } = await session.run({ images: new Tensor("float32", Float32Array.from(images), shape) });
        return features!.data as Float32Array;
      },
      dispose: () => void session.release(),
    };
  },
};

async function classifier(frozenEngine?: FrozenEngine): Promise<CassavaClassifier> {
  const backbone = await loadBackbone("resnet14", { weights: "none", seed: 3 });
  const weights = withStatistics(backbone.weights);
  const head = denseHead({ units: [16, 8], dropout: 0.3, batchNorm: true, activation: "swish" });
  const options = { head, classes: fiveClasses, frozenEngine, unfreezeFrom: "conv4" };
  return createClassifier({ backbone: { ...backbone, weights, pretrained: true }, ...options });
}

async function probabilitiesOf(model: CassavaClassifier, batch: ReturnType<typeof noiseBatch>): Promise<Float32Array> {
  const features = await model.frozen.run(batch);
  const shape = [batch.ids.length, ...model.frozen.outputShape];
  const result = tf.tidy(() => tf.softmax(model.logits(tf.tensor(features, shape), "inference")));
  const values = (await result.data()) as Float32Array;
  result.dispose();
  return values;
}

describe("a classifier", () => {
  const batch = noiseBatch(3, 64);

  it("gives the same probabilities with its frozen part in ONNX Runtime, wherever the cut lies", async () => {
    const [plain, fast] = [await classifier(), await classifier(bareEngine)];
    const expected = await probabilitiesOf(plain, batch);
    for (const move of [() => undefined, () => fast.freeze("all"), () => fast.unfreezeFrom("conv2")]) {
      await move();
      expect(relativeDifference(await probabilitiesOf(fast, batch), expected)).toBeLessThan(1e-4);
      expect(fast.frozen.id).toMatch(/-bare$/);
    }
    expect(plain.frozen.id).toMatch(/-wasm$/);
    plain.dispose();
    fast.dispose();
  });

  it.each([false, true])("is exported whole, with what is trained by now (float16: %s)", async (float16) => {
    const model = await classifier();
    const before = await exportOnnx(model, { float16 });
    for (const { name, variable } of model.weights) {
      if (name.startsWith("head_logits")) variable.assign(tf.tidy(() => variable.mul(3).add(0.1)));
    }
    const file = await exportOnnx(model, { float16 });
    const expected = await probabilitiesOf(model, batch);
    model.dispose();
    const pixels = { shape: batch.shape, data: Float32Array.from(batch.images) };
    const [then, now] = [await runOnnx(before, pixels), await runOnnx(file, pixels)];
    expect([now.name, now.shape]).toEqual(["probabilities", [3, 5]]);
    expect(relativeDifference(now.data, expected)).toBeLessThan(float16 ? 5e-3 : 1e-4);
    expect(relativeDifference(then.data, expected)).toBeGreaterThan(2e-2);
  });

  it("carries its classes and its contract", async () => {
    const model = await classifier();
    const file = onnxProto.onnx.ModelProto.decode(await exportOnnx(model));
    const metadata = Object.fromEntries(file.metadataProps.map(({ key, value }) => [key!, JSON.parse(value!)]));
    expect(metadata).toEqual({ classes: fiveClasses, preprocessing: contractOf("tf", 64) });
    model.dispose();
  });
});
