import type { FeaturePrecision } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { type HeadOutcome, trainHead } from "./train-head.ts";

/** Trains on an engine of tfjs in this page; WebAssembly's files lie beside the page. */
export async function trainOn(engine: "cpu" | "webgl" | "wasm", precision: FeaturePrecision): Promise<HeadOutcome> {
  if (engine === "wasm") setWasmPaths("/");
  if (!(await tf.setBackend(engine))) throw new Error(`tfjs has no backend "${engine}" here`);
  return trainHead(precision);
}
