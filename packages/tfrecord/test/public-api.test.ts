import { expect, it } from "vitest";
import * as root from "../src/index.ts";
import * as inspect from "../src/inspect.ts";
import * as node from "../src/node.ts";
import * as randomAccess from "../src/random-access.ts";
import * as sequence from "../src/sequence.ts";
import * as wasm from "../src/wasm.ts";

it("exports these names and no others", () => {
  const entries = { root, inspect, node, randomAccess, sequence, wasm };
  const names = Object.entries(entries).map(([entry, names]) => [entry, Object.keys(names).sort()]);
  expect(Object.fromEntries(names)).toMatchInlineSnapshot(`
    {
      "inspect": [
        "inferSchema",
        "inspectRecords",
        "schemaCode",
      ],
      "node": [
        "createShardWriter",
        "expandPaths",
        "indexPath",
        "loadIndex",
        "nativeCrc32c",
        "openFile",
        "repairFile",
        "saveIndex",
        "writeRecordsFile",
      ],
      "randomAccess": [
        "blobAccess",
        "buildIndex",
        "bytesAccess",
        "httpAccess",
        "parseIndex",
        "readRecordAt",
        "readRecordsAt",
        "readShuffled",
        "serializeIndex",
        "shuffledOrder",
      ],
      "root": [
        "TFRecordError",
        "bigint",
        "bytes",
        "bytesFeature",
        "crc32c",
        "decodeExample",
        "decodeWith",
        "encodeExample",
        "encodeWith",
        "float",
        "floatFeature",
        "frameRecord",
        "int",
        "int64Feature",
        "isTFRecordError",
        "maskedCrc32c",
        "readExamples",
        "readRecords",
        "schema",
        "string",
        "writeRecords",
      ],
      "sequence": [
        "decodeSequenceExample",
        "encodeSequenceExample",
      ],
      "wasm": [
        "wasmCrc32c",
      ],
    }
  `);
});
