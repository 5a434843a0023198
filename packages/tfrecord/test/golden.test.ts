import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { difference, dumpExample, dumpSequence, parsed } from "../../../conformance/tfrecord/dump.mjs";
import { decodeExample, encodeExample, readRecords, writeRecords } from "../src/index.ts";
import { openFile } from "../src/node.ts";
import { decodeSequenceExample, encodeSequenceExample } from "../src/sequence.ts";
import { collect, concat, hex } from "./helpers.ts";

const path = (name: string) => fileURLToPath(new URL(`../../../fixtures/tfrecord/${name}`, import.meta.url));
const read = async (name: string) => await collect(readRecords(openFile(path(`${name}.tfrecord`))));
const expected: {
  readonly examples: readonly unknown[];
  readonly sequences: readonly unknown[];
  readonly unusual: readonly { readonly example: unknown; readonly sequence: unknown }[];
} = JSON.parse(readFileSync(path("expected.json"), "utf8"));

describe("files that TensorFlow wrote (fixtures/tfrecord)", () => {
  it.each(["plain", "gzip", "zlib"])("hold the Examples that it says: %s", async (name) => {
    const records = await read(name);
    expect(records.length).toBe(40);
    expect(difference(records.map(decodeExample).map(dumpExample), expected.examples)).toBe(undefined);
  });

  it("are written by us with the same bytes", async () => {
    const records = (await read("plain")).map(decodeExample).map(encodeExample);
    expect(hex(concat(await collect(writeRecords(records))))).toBe(hex(readFileSync(path("plain.tfrecord"))));
  });

  it("hold the SequenceExamples that it says, and are encoded to the same bytes", async () => {
    const records = await read("sequence");
    const decoded = records.map(decodeSequenceExample);
    expect(difference(decoded.map(dumpSequence), expected.sequences)).toBe(undefined);
    expect(decoded.map(encodeSequenceExample).map(hex)).toEqual(records.map(hex));
  });

  it("are read, or refused, as protobuf does where they are unusual or damaged", async () => {
    const ours = (await read("unusual")).map((record) => ({
      example: parsed(decodeExample, dumpExample, record),
      sequence: parsed(decodeSequenceExample, dumpSequence, record),
    }));
    expect(expected.unusual.some(({ example }) => example === null)).toBe(true);
    expect(difference(ours, expected.unusual)).toBe(undefined);
  });
});
