import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { doctor } from "../src/node.ts";

it("reports Node, processor, memory and every engine, and times the active one", async () => {
  const report = await doctor({ engine: "wasm" });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(report.node).toBe(process.version);
  expect(report.cpu.cores).toBeGreaterThan(0);
  expect(report.memory.totalBytes).toBeGreaterThanOrEqual(report.memory.freeBytes);
  expect(report.engines.map(({ package: name }) => name)).toEqual([
    "@tensorflow/tfjs-node-gpu",
    "@tensorflow/tfjs-node",
    "webgpu",
    "@tensorflow/tfjs-backend-wasm",
    "@tensorflow/tfjs",
  ]);
  expect(report.engines.slice(3).map(({ state }) => state)).toEqual(["ready", "ready"]);
  for (const engine of report.engines) {
    expect(engine.detail).not.toContain("\n");
    expect(engine.install === undefined).toBe(engine.state !== "missing");
  }
  for (const { state, timing, detail } of report.engines) {
    if (state !== "ready" || /^not started/.test(detail)) expect(timing).toBeUndefined();
    else expect(timing?.msPerImage).toBeGreaterThan(0);
  }
  expect(report.frozen).toMatchObject([{ name: "onnx", package: "onnxruntime-node", state: "ready" }]);
  expect(report.cpu.features.every((feature) => /^[a-z0-9_]+$/.test(feature))).toBe(true);
  expect(report.active.name).toBe("wasm");
  expect(tf.getBackend()).toBe("wasm");
  expect(report.timing.msPerImage).toBeGreaterThan(0);
  expect(tf.memory().numTensors).toBe(0);
});
