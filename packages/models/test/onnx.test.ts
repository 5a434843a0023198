import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import onnxProto from "onnx-proto";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeOnnx } from "../src/export/onnx.ts";
import type { Graph } from "../src/graph/graph.ts";
import { isModelsError } from "../src/index.ts";
import {
  chain,
  contractDifference,
  contractOf,
  conv,
  depthwise,
  type NodeInit,
  norm,
  preprocessedNoise,
  randomWeights,
  runOnnx,
  runTfjs,
  values,
} from "./onnx-support.ts";
import { relativeDifference } from "./support.ts";

async function startWasm(): Promise<void> {
  await tf.setBackend("wasm");
}

/** How far onnxruntime is from tfjs on a graph with random weights and inputs. */
async function differenceOf(graph: Graph, inputShape: readonly number[], n = 2): Promise<number> {
  const weighted = { graph, weights: randomWeights(graph, inputShape) };
  const input = values([n, ...inputShape]);
  const expected = await runTfjs(weighted, input);
  const actual = await runOnnx(encodeOnnx(weighted, { inputShape }), input);
  expect([actual.name, actual.shape]).toEqual(["features", expected.shape]);
  return relativeDifference(actual.data, expected.data);
}

const pool = (op: "maxPool" | "averagePool", poolSize: number, strides: number, padding: "same" | "valid") =>
  ({ op, poolSize, strides, padding }) satisfies NodeInit;
const activations = ["linear", "relu", "relu6", "elu", "tanh", "swish"] as const;
const sizes = [
  [8, 8],
  [9, 7],
  [7, 10],
  [5, 5],
] as const;

describe("one node in onnxruntime and in tfjs", () => {
  // Not wasm: with a stride longer than its window XNNPACK places the windows of `same` elsewhere (2x2, stride 3, on 9x7).
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });

  for (const padding of ["same", "valid"] as const) {
    for (const strides of [1, 2, 3]) {
      for (const kernelSize of [1, 2, 3, 5]) {
        const window = { kernelSize, strides, padding };
        it(`convolutions ${kernelSize}x${kernelSize}, stride ${strides}, ${padding}`, async () => {
          for (const [h, w] of sizes) {
            for (const node of [conv(window), conv({ ...window, bias: false }), depthwise(window)]) {
              expect(await differenceOf(chain(node), [h, w, 3])).toBeLessThan(1e-5);
            }
          }
        });
        it(`pools ${kernelSize}x${kernelSize}, stride ${strides}, ${padding}`, async () => {
          for (const [h, w] of sizes) {
            for (const op of ["maxPool", "averagePool"] as const) {
              expect(await differenceOf(chain(pool(op, kernelSize, strides, padding)), [h, w, 3])).toBeLessThan(1e-5);
            }
          }
        });
      }
    }
  }

  it.each(activations)("activation %s, of images and of vectors", async (activation) => {
    // Inputs beyond 6, for relu6.
    const steep: NodeInit = { op: "dense", units: 4 };
    for (const [inputShape, before] of [
      [[5, 6, 3], conv({ kernelSize: 1, name: "before" })],
      [[7], steep],
    ] as const) {
      const graph = chain(before, { op: "activation", activation });
      const weights = randomWeights(graph, inputShape);
      const wide = new Map(
        [...weights].map(([key, { shape, data }]) => [key, { shape, data: data.map((x) => 9 * x) }]),
      );
      const input = values([3, ...inputShape]);
      const expected = await runTfjs({ graph, weights: wide }, input);
      expect(Math.max(...expected.data)).toBeGreaterThanOrEqual(activation === "tanh" ? 0.99 : 6);
      const actual = await runOnnx(encodeOnnx({ graph, weights: wide }, { inputShape }), input);
      expect(relativeDifference(actual.data, expected.data)).toBeLessThan(1e-5);
    }
  });

  const cases: readonly (readonly [title: string, graph: Graph, shape: readonly number[]])[] = [
    ["zeroPad alone", chain({ op: "zeroPad", margins: [1, 2, 0, 3] }), [4, 5, 3]],
    [
      "zeroPad before a valid convolution",
      chain({ op: "zeroPad", margins: [2, 1, 0, 2] }, conv({ padding: "valid", strides: 2 })),
      [8, 7, 3],
    ],
    [
      "zeroPad before a same convolution",
      chain({ op: "zeroPad", margins: [1, 1, 1, 1] }, conv({ strides: 2 })),
      [8, 7, 3],
    ],
    [
      "zeroPad wider than the window",
      chain({ op: "zeroPad", margins: [3, 4, 3, 4] }, conv({ padding: "valid" })),
      [5, 5, 3],
    ],
    [
      "two zeroPads in a row",
      chain(
        { op: "zeroPad", margins: [1, 0, 0, 1] },
        { op: "zeroPad", margins: [0, 1, 1, 0] },
        conv({ padding: "valid" }),
      ),
      [6, 6, 3],
    ],
    [
      "zeroPad before a maximum of what may be negative",
      chain(conv(), { op: "zeroPad", margins: [1, 1, 1, 1] }, pool("maxPool", 3, 2, "valid")),
      [8, 7, 3],
    ],
    [
      "zeroPad before a maximum of what is not negative",
      chain(conv({ activation: "relu" }), { op: "zeroPad", margins: [1, 1, 1, 1] }, pool("maxPool", 3, 2, "valid")),
      [8, 7, 3],
    ],
    [
      "zeroPad before an average",
      chain(conv({ activation: "relu" }), { op: "zeroPad", margins: [1, 1, 1, 1] }, pool("averagePool", 3, 2, "valid")),
      [8, 7, 3],
    ],
    [
      "zeroPad with two readers",
      chain(
        { op: "zeroPad", margins: [1, 1, 1, 1], name: "pad" },
        conv({ padding: "valid", input: "pad", name: "a" }),
        pool("averagePool", 3, 1, "valid"),
        { op: "globalMaxPool" },
      ),
      [6, 6, 3],
    ],
    [
      "convolution with relu6 and a batch normalization behind it",
      chain(conv({ activation: "relu6" }), norm()),
      [6, 5, 3],
    ],
    [
      "convolution whose normalization and activation fold",
      chain(conv(), norm(), { op: "activation", activation: "relu6" }),
      [6, 5, 3],
    ],
    ["batch normalization of images", chain(norm(), { op: "activation", activation: "relu" }), [6, 5, 3]],
    [
      "batch normalization of vectors",
      chain({ op: "dense", units: 6 }, norm(), { op: "activation", activation: "tanh" }),
      [4],
    ],
    [
      "add",
      chain(conv({ name: "a" }), conv({ name: "b", input: "input" }), { op: "add", inputs: ["a", "b"] }),
      [6, 5, 3],
    ],
    [
      "concat of images",
      chain(conv({ name: "a" }), conv({ name: "b", input: "input", filters: 2 }), {
        op: "concat",
        inputs: ["b", "a", "input"],
      }),
      [6, 5, 3],
    ],
    ["globalAveragePool", chain({ op: "globalAveragePool" }), [6, 5, 3]],
    ["globalMaxPool", chain({ op: "globalMaxPool" }), [6, 5, 3]],
    ["flatten in the order of height, width, channels", chain({ op: "flatten" }, { op: "dense", units: 4 }), [3, 4, 5]],
    ["flatten of one pixel", chain({ op: "flatten" }), [1, 1, 5]],
    ["flatten of a strip", chain({ op: "flatten" }), [1, 4, 5]],
    [
      "dropout, which does nothing",
      chain({ op: "dense", units: 4 }, { op: "dropout", rate: 0.5 }, { op: "dense", units: 3 }),
      [5],
    ],
    ["dropout at the end", chain({ op: "dense", units: 4 }, { op: "dropout", rate: 0.5 }), [5]],
    ["nothing at all", { input: "input", output: "input", nodes: [] }, [3, 4, 5]],
  ];
  it.each(cases)("%s", async (_, graph, shape) => {
    expect(await differenceOf(graph, shape)).toBeLessThan(1e-5);
    expect(await differenceOf(graph, shape, 1)).toBeLessThan(1e-5);
  });
});

describe("preprocessing", () => {
  beforeAll(startWasm);

  const behind: readonly (readonly [title: string, graph: Graph])[] = [
    ["a convolution with padding", chain(conv({ strides: 2 }))],
    [
      "a padded convolution",
      chain({ op: "zeroPad", margins: [3, 3, 3, 3] }, conv({ kernelSize: 7, strides: 2, padding: "valid" })),
    ],
    ["a depthwise convolution", chain(depthwise())],
    [
      "two convolutions",
      chain(conv({ name: "a" }), conv({ name: "b", input: "input" }), { op: "add", inputs: ["a", "b"] }),
    ],
    ["no node", { input: "input", output: "input", nodes: [] }],
  ];
  for (const mode of ["caffe", "torch", "tf"] as const) {
    it.each(behind)(`of ${mode}, before %s`, async (_, graph) => {
      const weights = randomWeights(graph, [12, 12, 3]);
      expect(await contractDifference({ graph, weights }, contractOf(mode, 12))).toBeLessThan(1e-5);
      // The oracle sees the one for the other.
      const other = contractOf(mode === "caffe" ? "tf" : "caffe", 12);
      const { pixels } = await preprocessedNoise(2, 12, mode);
      const [right, wrong] = [
        await runOnnx(encodeOnnx({ graph, weights }, { contract: contractOf(mode, 12) }), pixels),
        await runOnnx(encodeOnnx({ graph, weights }, { contract: other }), pixels),
      ];
      expect(relativeDifference(wrong.data, right.data)).toBeGreaterThan(1e-2);
    });
  }
});

describe("the file", () => {
  beforeAll(startWasm);

  const graph = chain({ op: "flatten" }, { op: "dense", units: 3 });
  const weights = randomWeights(graph, [2, 2, 3]);
  const inputShape = [2, 2, 3];

  it("ends with a softmax where one is asked for", async () => {
    const input = values([2, ...inputShape]);
    const { name, data } = await runOnnx(encodeOnnx({ graph, weights }, { inputShape, softmax: true }), input);
    const logits = (await runTfjs({ graph, weights }, input)).data;
    const expected = [0, 3].flatMap((from) => {
      const row = [...logits.subarray(from, from + 3)].map(Math.exp);
      return row.map((value) => value / row.reduce((sum, other) => sum + other, 0));
    });
    expect(name).toBe("probabilities");
    expect(relativeDifference(data, expected)).toBeLessThan(1e-5);
  });

  it("halves the weights by float16, and computes nearly the same", async () => {
    const large = chain(conv({ filters: 64, name: "a" }), conv({ filters: 64, name: "b" }));
    const weighted = { graph: large, weights: randomWeights(large, [8, 8, 3]) };
    const whole = encodeOnnx(weighted, { inputShape: [8, 8, 3] });
    const half = encodeOnnx(weighted, { inputShape: [8, 8, 3], float16: true });
    expect(half.length / whole.length).toBeLessThan(0.52);
    const input = values([2, 8, 8, 3]);
    const [precise, rounded] = [await runOnnx(whole, input), await runOnnx(half, input)];
    expect(relativeDifference(rounded.data, precise.data)).toBeLessThan(2e-3);
    expect(relativeDifference(rounded.data, precise.data)).toBeGreaterThan(1e-6);
  });

  it("keeps kernels that float16 cannot hold", async () => {
    const large = new Map(weights).set("dense_1/kernel", {
      shape: [12, 3],
      data: values([12, 3]).data.map((x) => 1e6 * x),
    });
    const input = values([2, ...inputShape]);
    const expected = await runTfjs({ graph, weights: large }, input);
    const actual = await runOnnx(encodeOnnx({ graph, weights: large }, { inputShape, float16: true }), input);
    expect(relativeDifference(actual.data, expected.data)).toBeLessThan(1e-6);
  });

  it("says what onnxruntime 1.17 can read, and carries metadata", () => {
    const { onnx } = onnxProto;
    const file = onnx.ModelProto.decode(encodeOnnx({ graph, weights }, { inputShape, metadata: { classes: "[]" } }));
    expect(
      [file.irVersion, file.opsetImport.map(({ domain, version }) => [domain, version])].flat(2).map(Number),
    ).toEqual([8, 0, 17]);
    expect(file.metadataProps.map(({ key, value }) => [key, value])).toEqual([["classes", "[]"]]);
    expect(file.producerName).toBe("@cassava/models");
  });

  it("is refused without the shape of its input, and with a softmax over images", () => {
    const refused = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return isModelsError(error, "OPTION_INVALID");
      }
      return false;
    };
    expect(refused(() => encodeOnnx({ graph, weights }, {}))).toBe(true);
    const images = chain({ op: "activation", activation: "relu" });
    expect(refused(() => encodeOnnx({ graph: images, weights: new Map() }, { inputShape, softmax: true }))).toBe(true);
  });
});
