import { describe, expect, it } from "vitest";
import { onnxEngine } from "../src/node.ts";
import { frozenEngineContract } from "./frozen-engine-contract.ts";
import { KNOWN_GRAPHS, SIZE } from "./onnx-graphs.ts";

const engine = await onnxEngine({ executionProviders: ["webgpu"] });
const [graph] = KNOWN_GRAPHS;
const part = await engine
  .load(graph!.file, { id: "known", inputSize: SIZE, outputShape: graph!.outputShape })
  .catch(() => undefined);
part?.dispose();

const title = "ONNX Runtime's WebGPU (skipped where it finds no adapter; `pnpm engines` brings SwiftShader)";
describe.skipIf(part === undefined)(title, () => {
  it("has a name of its own, since its features differ in their last digits", () => {
    expect(engine.name).toBe("onnx-webgpu");
  });

  frozenEngineContract("onnx-webgpu", async () => engine);
});
