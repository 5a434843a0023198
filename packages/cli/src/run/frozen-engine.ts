import { isBackendError, onnxEngine } from "@cassava/backend/node";
import type { FrozenEngine } from "@cassava/contracts";
import type { Output } from "../terminal/output.ts";

/** What runs the frozen part of a network: ONNX Runtime, or the compute engine that trains, through tfjs. */
export type FrozenEngineName = "onnx" | "tfjs";

/** The values of `--frozen-engine`. */
export const FROZEN_ENGINES: readonly ("auto" | FrozenEngineName)[] = ["auto", "onnx", "tfjs"];

/** What `--frozen-engine` is, for `--help`. */
export const FROZEN_ENGINE =
  "what runs the frozen part: onnx (ONNX Runtime, of the package onnxruntime-node), tfjs (the compute engine)";

/** How {@link startFrozenEngine} chooses. */
export interface FrozenEngineChoice {
  readonly requested: "auto" | FrozenEngineName;
  /** What `auto` comes to where it is at hand; default: onnx. */
  readonly preferred?: FrozenEngineName | undefined;
}

/**
 * Starts what runs the frozen part, and says so; undefined: tfjs does. `auto` goes on without ONNX Runtime where that is missing.
 *
 * @throws {BackendError} `ENGINE_MISSING`, `ENGINE_BROKEN`: onnx was asked for.
 */
export async function startFrozenEngine(
  { requested, preferred = "onnx" }: FrozenEngineChoice,
  output: Output,
): Promise<FrozenEngine | undefined> {
  if ((requested === "auto" ? preferred : requested) === "tfjs") return undefined;
  try {
    const engine = await onnxEngine();
    output.info("frozen part: ONNX Runtime");
    return engine;
  } catch (error) {
    if (requested !== "auto" || !isBackendError(error)) throw error;
    if (error.code === "ENGINE_MISSING") output.info(`frozen part: the same engine; faster: ${error.message}`);
    else output.warn(`${error.message}; the frozen part runs on the same engine`);
    return undefined;
  }
}
