import * as tf from "@tensorflow/tfjs";
import manifest from "../package.json" with { type: "json" };

/** Versions that a run depends on. */
export const versions: Readonly<Record<string, string>> = {
  cassava: manifest.version,
  node: process.version,
  tfjs: tf.version.tfjs,
};
