import { expect, it } from "vitest";
import * as root from "../src/index.ts";
import * as node from "../src/node.ts";

it("exports these names and no others", () => {
  expect(Object.keys(root).sort()).toEqual([
    "BATCH_NORM_TRAINING",
    "BackendError",
    "frozenPool",
    "isBackendError",
    "onnxWebEngine",
    "registerTrainingKernels",
    "serveFrozenPart",
    "useBackend",
  ]);
  expect(Object.keys(node).sort()).toEqual([
    "BATCH_NORM_TRAINING",
    "BackendError",
    "doctor",
    "frozenPool",
    "isBackendError",
    "linkTensorflow",
    "onnxEngine",
    "registerTrainingKernels",
    "serveFrozenPart",
    "useBackend",
  ]);
});
