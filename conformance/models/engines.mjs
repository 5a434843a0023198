// The engines whose features are compared with Keras's.
import { onnxEngine, useBackend } from "@cassava/backend/node";
import { linkedTensorflow } from "../../scripts/lib/linked-tensorflow.mjs";

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {number} tolerance largest difference allowed, as a share of the largest feature
 * @property {() => Promise<{ frozenEngine?: import("@cassava/models").FrozenEngine }>} start makes it the current engine of tfjs, or gives
 *   what runs the frozen part in its place
 */

/** @type {Promise<unknown> | undefined} */
let linked;

/** @type {readonly Engine[]} */
export const ENGINES = [
  {
    name: "wasm",
    tolerance: 1e-3,
    async start() {
      await useBackend("wasm");
      return {};
    },
  },
  {
    name: "onnx",
    tolerance: 1e-3,
    // tfjs stays on the engine that it has: it would only run the head.
    start: async () => ({ frozenEngine: await onnxEngine() }),
  },
  {
    name: "tensorflow",
    tolerance: 1e-4,
    async start() {
      linked ??= linkedTensorflow();
      await linked;
      await useBackend("tensorflow");
      return {};
    },
  },
];
