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
    "csvLogger",
    "earlyStopping",
    "exponentialSchedule",
    "extractFeatures",
    "featureBatches",
    "findLearningRate",
    "firstBatches",
    "fit",
    "focalCrossentropy",
    "imageFeatures",
    "isTrainError",
    "jsonLogger",
    "learningRateScheduler",
    "logisticRegression",
    "modelCheckpoint",
    "oneCycleSchedule",
    "polynomialSchedule",
    "predict",
    "rawPixels",
    "reduceLROnPlateau",
    "rmsprop",
    "sgd",
    "stepSchedule",
    "terminateOnNaN",
  ]);
});
