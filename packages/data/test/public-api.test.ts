import { describe, expect, it } from "vitest";
import * as browser from "../src/browser.ts";
import * as root from "../src/index.ts";
import * as node from "../src/node.ts";
import * as tfjs from "../src/tfjs.ts";

describe("the public API", () => {
  it("of @cassava/data", () => {
    expect(Object.keys(root).sort()).toMatchInlineSnapshot(`
      [
        "DataError",
        "SYNTHETIC_CLASSES",
        "applyPlan",
        "audit",
        "augmentPlan",
        "augmentation",
        "balancedSampler",
        "bufferedShuffle",
        "checkSplit",
        "duplicateGroups",
        "imageBatches",
        "imageLoader",
        "isDataError",
        "isImageName",
        "kFold",
        "lookAlikeGroups",
        "memoryDataset",
        "memoryStore",
        "mergeGroups",
        "mixUp",
        "mixUpBatches",
        "parseAugmentation",
        "parseGroupCsv",
        "parseLabelCsv",
        "parseLabelMap",
        "parseRatios",
        "parseSplit",
        "partNames",
        "perceptualDistance",
        "perceptualHash",
        "random",
        "randomBrightness",
        "randomContrast",
        "randomCrop",
        "randomErasing",
        "randomFlip",
        "randomHue",
        "randomRotation",
        "randomSaturation",
        "randomShear",
        "randomTranslation",
        "randomZoom",
        "resizeBilinear",
        "serializeLabelMap",
        "serializeSplit",
        "shuffled",
        "split",
        "splitByShard",
        "splitPresets",
        "syntheticLeaf",
        "syntheticLeaves",
        "unreadFiles",
        "weightedSampler",
      ]
    `);
  });

  it("of @cassava/data/browser", () => {
    expect(Object.keys(browser).sort()).toMatchInlineSnapshot(`
      [
        "browserDecoder",
        "directoryDataset",
        "filesDataset",
        "imageUrlDataset",
        "urlDataset",
      ]
    `);
  });

  it("of @cassava/data/node", () => {
    expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
      [
        "convertToShards",
        "csvDataset",
        "defaultDecoder",
        "encodeJpeg",
        "folderDataset",
        "folderStore",
        "openDataset",
        "pixelCache",
        "sharpDecoder",
        "tfrecordDataset",
        "turboDecoder",
        "workerLoader",
        "writeFileAtomically",
        "writeSyntheticShards",
      ]
    `);
  });

  it("of @cassava/data/tfjs", () => {
    expect(Object.keys(tfjs).sort()).toEqual(["batchImages", "batchTensors", "tensorDataset"]);
  });
});
