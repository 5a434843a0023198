import { type EngineName, isBackendError, onnxWebEngine, useBackend } from "@cassava/backend";
import * as tf from "@tensorflow/tfjs";
import * as ort from "onnxruntime-web/webgpu";
import { CONTRACT } from "../test/contract-cases.ts";
import { errorsOf, resultsOn } from "../test/engine-errors.ts";
import { FROZEN_ENGINE_CHECKS } from "../test/frozen-engine-checks.ts";

/** What the page found of an engine. */
export interface EngineFindings {
  readonly device: string;
  readonly warning?: string;
  /** The largest relative error of each case: of its result and its gradients. */
  readonly cases: readonly { readonly title: string; readonly error: number }[];
  /** Cases that leave tensors or data behind. */
  readonly leaks: readonly string[];
}

/** Holds an engine, as built, to the contract that every engine is held to. */
export async function contractOn(name: EngineName): Promise<EngineFindings> {
  const { device, warning } = await useBackend(name, { wasmPaths: "/" });
  const cases: { title: string; error: number }[] = [];
  for (const entry of CONTRACT) cases.push({ title: entry.title, error: Math.max(...(await errorsOf(name, entry))) });
  const leaks: string[] = [];
  for (const entry of CONTRACT) {
    const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()].join();
    await resultsOn(name, entry);
    if ([tf.memory().numTensors, tf.engine().backend.numDataIds()].join() !== before) leaks.push(entry.title);
  }
  return { device, cases, leaks, ...(warning !== undefined && { warning }) };
}

/** What "auto" takes here, and why it took nothing before. */
export async function autoChoice() {
  const { name, device, tried } = await useBackend("auto", { wasmPaths: "/" });
  return { name, device, tried };
}

/** The code of the error where an engine does not start. */
export async function refusal(name: string): Promise<string | undefined> {
  const error = await useBackend(name as EngineName).catch((caught: unknown) => caught);
  return isBackendError(error) ? error.code : undefined;
}

/** What ONNX Runtime does not do of the contract of frozen engines: titles with reasons; and how many checks there are. */
export async function frozenContractOn(provider: "webgpu" | "wasm") {
  ort.env.wasm.wasmPaths = "/ort/";
  ort.env.wasm.numThreads = 1;
  const engine = onnxWebEngine(ort, { executionProviders: [provider] });
  const failed: string[] = [];
  for (const { title, check } of FROZEN_ENGINE_CHECKS) {
    await check(engine).catch((error: unknown) => failed.push(`${title}: ${error}`));
  }
  return { name: engine.name, checks: FROZEN_ENGINE_CHECKS.length, failed };
}
