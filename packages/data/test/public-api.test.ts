import { describe, expect, it } from "vitest";
import * as root from "../src/index.ts";
import * as node from "../src/node.ts";

describe("the public API", () => {
  it("of @cassava/data", () => {
    expect(Object.keys(root).sort()).toMatchInlineSnapshot(`
      [
        "DataError",
        "SYNTHETIC_CLASSES",
        "audit",
        "checkSplit",
        "duplicateGroups",
        "imageBatches",
        "isDataError",
        "memoryDataset",
        "memoryStore",
        "parseLabelCsv",
        "parseLabelMap",
        "parseRatios",
        "parseSplit",
        "partNames",
        "random",
        "resizeBilinear",
        "serializeLabelMap",
        "serializeSplit",
        "shuffled",
        "split",
        "syntheticLeaf",
        "syntheticLeaves",
      ]
    `);
  });

  it("of @cassava/data/node", () => {
    expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
      [
        "convertToShards",
        "csvDataset",
        "encodeJpeg",
        "folderDataset",
        "folderStore",
        "openDataset",
        "sharpDecoder",
        "tfrecordDataset",
        "writeFileAtomically",
        "writeSyntheticShards",
      ]
    `);
  });
});
