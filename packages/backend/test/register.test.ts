import * as tf from "@tensorflow/tfjs";
import { describe, expect, it, vi } from "vitest";
import { BATCH_NORM_TRAINING, isBackendError, registerTrainingKernels, useBackend } from "../src/index.ts";
import { linkTrainingModule, type WasmBackend } from "../src/wasm/heap.ts";

describe("registerTrainingKernels", () => {
  it("registers for the active engine, as often as it is called, without a word from TensorFlow.js", async () => {
    const warn = vi.spyOn(console, "warn");
    await useBackend("wasm");
    const first = await registerTrainingKernels();
    const second = await registerTrainingKernels();
    expect(second).toEqual(first);
    expect(first).toContain("Conv2DBackpropFilter");
    expect(first).toContain(BATCH_NORM_TRAINING);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it("does not stack on itself: the engine's own kernel stays one step away", async () => {
    await useBackend("wasm");
    const stockOf = () =>
      (tf.getKernel("Slice", "wasm") as unknown as { cassavaReplaces: tf.KernelConfig }).cassavaReplaces;
    const stock = stockOf();
    await registerTrainingKernels();
    expect(stockOf()).toBe(stock);
    expect(stock.kernelFunc.name).toBe("slice");
  });

  it("gives plain JavaScript the batch normalization and a right gradient of the average pool", async () => {
    await useBackend("cpu");
    expect(await registerTrainingKernels()).toEqual([
      BATCH_NORM_TRAINING,
      "CassavaBatchNormTrainingGrad",
      "AvgPoolGrad",
    ]);
  });

  it("does not link to an engine that keeps its memory to itself", async () => {
    expect(await linkTrainingModule({ wasm: {} } as WasmBackend)).toBe(false);
  });

  it("shares data on clone and frees them with the last clone", async () => {
    await useBackend("wasm");
    const before = tf.engine().backend.numDataIds();
    const tensor = tf.tensor1d([1, 2, 3]);
    const clone = tf.clone(tensor);
    expect(tf.engine().backend.numDataIds()).toBe(before + 1);
    tensor.dispose();
    expect([...(await clone.data())]).toEqual([1, 2, 3]);
    clone.dispose();
    expect(tf.engine().backend.numDataIds()).toBe(before);
  });

  it("refuses channels first, with the way out", async () => {
    await useBackend("wasm");
    const inputs = { x: tf.zeros([1, 2, 4, 4]), dy: tf.zeros([1, 2, 4, 4]) } as unknown as tf.NamedTensorMap;
    const attributes = { strides: 1, pad: "same", dataFormat: "NCHW", filterShape: [3, 3, 2, 2] };
    let error: unknown;
    try {
      tf.engine().runKernel("Conv2DBackpropFilter", inputs, attributes);
    } catch (caught) {
      error = caught;
    }
    expect(isBackendError(error, "KERNEL_UNSUPPORTED")).toBe(true);
    tf.dispose(inputs);
  });
});
