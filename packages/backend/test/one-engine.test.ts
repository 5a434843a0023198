import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { useBackend } from "../src/node.ts";

const loadedCopies = (name: string): string[] => {
  const { cache } = createRequire(import.meta.url);
  const copies = Object.keys(cache).map((file) => file.replaceAll("\\", "/").match(new RegExp(`^(.*/${name})/`))?.[1]);
  return [...new Set(copies.filter((copy) => copy !== undefined))];
};

it("has one copy of TensorFlow.js in the process after useBackend", async () => {
  await useBackend("wasm");
  expect(loadedCopies("@tensorflow/tfjs-core")).toHaveLength(1);
  expect(loadedCopies("@tensorflow/tfjs")).toHaveLength(1);
});

it("registers its kernels with the engine that this file imports", async () => {
  const choice = await useBackend("wasm");
  expect(tf.getBackend()).toBe(choice.name);
  expect(tf.getKernel("Conv2DBackpropFilter", "wasm").backendName).toBe("wasm");
  const sum = tf.tidy(() => tf.sum(tf.ones([2, 3])).dataSync()[0]);
  expect(sum).toBe(6);
});
