import { type EngineChoice, type EngineName, useBackend } from "@cassava/backend/node";
import * as tf from "@tensorflow/tfjs";
import type { Output } from "../terminal/output.ts";

/** Starts a compute engine and says which, and what was tried before it. */
export async function startEngine(name: string, output: Output): Promise<EngineChoice> {
  // Without this tfjs advertises its own Node package on the console.
  tf.env().set("PROD", true);
  const choice = await useBackend(name as EngineName | "auto", { onWarning: output.warn });
  output.info(`engine: ${choice.name} (${choice.device})`);
  return choice;
}
