import {
  bigint,
  bytes,
  crc32c,
  decodeExample,
  encodeExample,
  encodeWith,
  float,
  int,
  maskedCrc32c,
  readExamples,
  type Schema,
  schema,
  string,
  writeRecords,
} from "@cassava/tfrecord";
import { inferSchema, inspectRecords, schemaCode } from "@cassava/tfrecord/inspect";
import { wasmCrc32c } from "@cassava/tfrecord/wasm";
import type { ContractCase } from "./contract.ts";
import { codeOf, equal } from "./expect.ts";
import { collect, fixture, records } from "./files.ts";

const leaf = schema({
  image: bytes(),
  name: string(),
  target: int({ optional: true }),
  id: bigint(),
  box: float({ list: true }),
});

const leaves = [
  { image: Uint8Array.of(255, 0, 7), name: "größe.jpg", target: 3, id: 2n ** 62n, box: Float32Array.of(0.5, -1) },
  { image: new Uint8Array(70_000), name: "", id: -1n, box: new Float32Array(0) },
];

const text = new TextEncoder();

export const codecCases: readonly ContractCase[] = [
  {
    name: "checksums are the published ones, in JavaScript and in WebAssembly",
    async run() {
      equal(crc32c(text.encode("123456789")), 0xe3069283, "of 123456789");
      equal(maskedCrc32c(new Uint8Array(32)), 0x0fd7fffa, "masked, of 32 zeros");
      equal(maskedCrc32c(new Uint8Array(32).fill(255)), 0xf909b029, "masked, of 32 times 255");
      equal(maskedCrc32c(text.encode("foo")), 0xfebe8a61, "masked, of foo");
      const wasm = wasmCrc32c();
      equal(wasm === undefined, false, "WebAssembly is missing");
      const noise = Uint8Array.from({ length: 70_001 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
      for (const [start, end] of [
        [0, 0],
        [3, 66],
        [1, 4098],
        [0, 70_001],
      ] as const) {
        const part = noise.subarray(start, end);
        equal(wasm?.(part), crc32c(part), `of ${part.length} bytes`);
      }
    },
  },
  {
    name: "a typed schema reads what it wrote, plain and compressed",
    async run() {
      for (const compression of ["none", "gzip", "zlib"] as const) {
        const chunks = await collect(
          writeRecords(
            leaves.map((one) => encodeWith(leaf, one)),
            { compression },
          ),
        );
        const file = new Blob(chunks.map((chunk) => Uint8Array.from(chunk)));
        equal(await collect(readExamples(file, leaf)), [leaves[0], { ...leaves[1], target: undefined }], compression);
      }
    },
  },
  {
    name: "a typed schema refuses what contradicts it",
    async run() {
      const record = new Blob((await collect(writeRecords([encodeWith(leaf, leaves[0]!)]))).map((c) => c.slice()));
      const wrong: Readonly<Record<string, Schema>> = {
        FEATURE_KIND: schema({ name: int() }),
        FEATURE_MISSING: schema({ label: int() }),
        FEATURE_COUNT: schema({ box: float() }),
        INT_RANGE: schema({ id: int() }),
        FEATURE_UTF8: schema({ image: string() }),
      };
      for (const [code, fields] of Object.entries(wrong)) {
        equal(await codeOf(() => collect(readExamples(record, fields))), code, code);
      }
    },
  },
  {
    name: "writes the bytes that TensorFlow wrote",
    async run(host) {
      const file = await fixture(host, "plain.tfrecord");
      const again = (await records(file)).map(decodeExample).map((example) => encodeExample(example));
      const written = new Blob((await collect(writeRecords(again))).map((chunk) => Uint8Array.from(chunk)));
      equal(new Uint8Array(await written.arrayBuffer()), file, "the file");
    },
  },
  {
    name: "infers the schema of a file",
    async run() {
      const chunks = await collect(writeRecords(leaves.map((one) => encodeWith(leaf, one))));
      const summary = await inspectRecords(new Blob(chunks.map((chunk) => Uint8Array.from(chunk))));
      const code = [
        "schema({",
        "  box: float({ list: true }),",
        "  id: bigint(),",
        "  image: bytes(),",
        "  name: string(),",
        "  target: int({ optional: true }),",
        "})",
      ].join("\n");
      equal(schemaCode(inferSchema(summary)), code, "the schema");
    },
  },
];
