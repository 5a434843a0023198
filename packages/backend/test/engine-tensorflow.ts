import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { tensorflowEngine } from "../src/node/tensorflow-engine.ts";
import { findTensorflow, type TensorflowModule, type TensorflowPackage } from "../src/node/tensorflow-module.ts";
import { isBackendError } from "../src/node.ts";
import { engineContract } from "./engine-contract.ts";

function find(name: TensorflowPackage): TensorflowModule | undefined {
  try {
    return findTensorflow(name, import.meta.url);
  } catch (error) {
    if (isBackendError(error)) return undefined;
    throw error;
  }
}

/** The contract on TensorFlow through one of its packages: a process can hold only one, so each has a test file. */
export function tensorflowContract(name: TensorflowPackage): void {
  const found = find(name);
  const title = `${name} (skipped where it has no native library; \`pnpm engines\` links one)`;
  describe.skipIf(found === undefined)(title, () => {
    const engine = tensorflowEngine(name);
    let device: Promise<string> | undefined;
    const start = async (): Promise<void> => {
      device ??= engine.open({}, true).then((opened) => opened.device);
      await device;
      await tf.setBackend("tensorflow");
    };

    it("says what it runs on", async () => {
      await start();
      const version = found?.link === undefined ? name : `TensorFlow ${found.link.tensorflow.version} (linked)`;
      expect(await device).toContain(version);
    });

    engineContract("tensorflow", "tensorflow", start, { explicitPads: false });
  });
}
