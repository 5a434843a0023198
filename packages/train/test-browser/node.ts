import type { FeaturePrecision } from "@cassava/train";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { type HeadOutcome, trainHead } from "./train-head.ts";

/** The same training in Node, on WebAssembly. */
export async function trainInNode(precision: FeaturePrecision): Promise<HeadOutcome> {
  if (!(await tf.setBackend("wasm"))) throw new Error('tfjs has no backend "wasm" here');
  return trainHead(precision);
}
