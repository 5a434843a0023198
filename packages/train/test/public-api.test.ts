import { expect, it } from "vitest";
import * as root from "../src/index.ts";

it("exports exactly this", () => {
  expect(Object.keys(root).sort()).toEqual([
    "TrainError",
    "adam",
    "adamW",
    "balancedClassWeights",
    "constantSchedule",
    "cosineSchedule",
    "crossentropy",
    "earlyStopping",
    "extractFeatures",
    "featureBatches",
    "fit",
    "imageFeatures",
    "isTrainError",
    "logisticRegression",
    "predict",
    "rawPixels",
    "sgd",
    "terminateOnNaN",
  ]);
});
