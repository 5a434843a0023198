// A thread of frozen-threads.ts: runs the frozen part that it is sent on an engine of its own.
import { parentPort } from "node:worker_threads";
import { serveFrozenPart, useBackend } from "@cassava/backend/node";
import { type FrozenSource, frozenPartOf } from "@cassava/models";
import * as tf from "@tensorflow/tfjs";

serveFrozenPart(async (source: FrozenSource) => {
  tf.env().set("PROD", true);
  await useBackend("wasm");
  return frozenPartOf(source);
}, parentPort!);
