import { expect, it } from "vitest";
import * as root from "../src/index.ts";
import * as node from "../src/node.ts";

it("exports these names and no others", () => {
  expect(Object.keys(root).sort()).toEqual([
    "BATCH_NORM_TRAINING",
    "BackendError",
    "isBackendError",
    "registerTrainingKernels",
    "useBackend",
  ]);
  expect(Object.keys(node).sort()).toEqual([
    "BATCH_NORM_TRAINING",
    "BackendError",
    "doctor",
    "isBackendError",
    "linkTensorflow",
    "onnxEngine",
    "registerTrainingKernels",
    "useBackend",
  ]);
});
