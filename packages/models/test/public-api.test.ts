import { expect, it } from "vitest";
import * as browser from "../src/browser.ts";
import * as root from "../src/index.ts";
import * as node from "../src/node.ts";

it("exports exactly this", () => {
  expect(Object.keys(root).sort()).toEqual([
    "ModelsError",
    "backboneSpec",
    "backbones",
    "checkContract",
    "createClassifier",
    "denseHead",
    "describeClassifier",
    "exportLayersModel",
    "exportOnnx",
    "frozenPartOf",
    "isModelsError",
    "loadBackbone",
    "loadClassifier",
    "preprocess",
    "preprocessingSteps",
    "readKerasWeights",
    "saveClassifier",
    "stagesOf",
    "summary",
    "untrainedWeights",
  ]);
  expect(Object.keys(node).sort()).toEqual(["cacheFolder", "loadBackbone", "readWeightsFile"]);
  expect(Object.keys(browser).sort()).toEqual(["cacheStorage", "fetchStore"]);
});
