import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { useBackend } from "../src/node.ts";
import { linkTrainingModule, type WasmBackend } from "../src/wasm/heap.ts";
import { CONTRACT, type ContractCase } from "./contract-cases.ts";
import { engineContract } from "./engine-contract.ts";
import { errorsOf, TOLERANCE } from "./engine-errors.ts";

engineContract("cpu", "cpu", () => useBackend("cpu"));
engineContract("wasm", "wasm", () => useBackend("wasm"));
engineContract("wasm with kernels without SIMD", "wasm", async () => {
  await useBackend("wasm");
  await linkTrainingModule(tf.backend() as unknown as WasmBackend, { simd: false });
});

/** Runs `check` while a kernel of wasm returns something else than it should. */
async function withBrokenKernel(
  kernelName: string,
  breakResult: (values: Float32Array) => void,
  check: () => Promise<void>,
) {
  await useBackend("wasm");
  const config = tf.getKernel(kernelName, "wasm");
  const { kernelFunc } = config;
  config.kernelFunc = (call) => {
    const result = kernelFunc(call);
    const first = Array.isArray(result) ? result[0]! : result;
    breakResult((call.backend as WasmBackend).typedArrayFromHeap(first) as Float32Array);
    return result;
  };
  try {
    await check();
  } finally {
    config.kernelFunc = kernelFunc;
  }
}

describe("the oracle", () => {
  const failing = async (kernel: string, breakResult: (values: Float32Array) => void): Promise<string[]> => {
    const titles: string[] = [];
    await withBrokenKernel(kernel, breakResult, async () => {
      for (const entry of CONTRACT) {
        if (Math.max(...(await errorsOf("wasm", entry))) > TOLERANCE) titles.push(entry.title);
      }
    });
    return titles;
  };
  const withGradients = (name: string): string[] =>
    CONTRACT.filter(({ title, gradients }: ContractCase) => title.startsWith(name) && gradients !== false).map(
      ({ title }) => title,
    );

  it.each(["Conv2DBackpropFilter", "Conv2DBackpropInput"])("sees one wrong value from %s", async (kernel) => {
    const titles = await failing(kernel, (values) => {
      values[values.length - 1]! += 0.01;
    });
    expect(titles).toEqual([...withGradients("conv2d"), ...withGradients("fused.conv2d")]);
  });

  it("sees a maximum pool whose gradient is shifted by one element", async () => {
    const titles = await failing("MaxPoolGrad", (values) => values.copyWithin(1, 0));
    expect(titles).toEqual(withGradients("maxPool"));
  });

  it("sees a batch normalization that returns NaN", async () => {
    const titles = await failing("CassavaBatchNormTrainingGrad", (values) => values.fill(Number.NaN, 0, 1));
    expect(titles).toEqual(withGradients("batch normalization in training mode"));
  });
});
