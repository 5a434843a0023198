import { expect, it } from "vitest";
import * as root from "../src/index.ts";
import * as node from "../src/node.ts";

it("exports these names and no others", () => {
  expect(Object.keys(root).sort()).toMatchInlineSnapshot(`
    [
      "TFRecordError",
      "bigint",
      "blobAccess",
      "buildIndex",
      "bytes",
      "bytesAccess",
      "bytesFeature",
      "crc32c",
      "decodeExample",
      "decodeSequenceExample",
      "decodeWith",
      "encodeExample",
      "encodeSequenceExample",
      "encodeWith",
      "float",
      "floatFeature",
      "frameRecord",
      "httpAccess",
      "inferSchema",
      "inspectRecords",
      "int",
      "int64Feature",
      "isTFRecordError",
      "maskedCrc32c",
      "parseIndex",
      "readExamples",
      "readRecordAt",
      "readRecords",
      "readRecordsAt",
      "readShuffled",
      "schema",
      "schemaCode",
      "serializeIndex",
      "shuffledOrder",
      "string",
      "writeRecords",
    ]
  `);
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
    [
      "createShardWriter",
      "expandPaths",
      "loadIndex",
      "openFile",
      "saveIndex",
    ]
  `);
});
