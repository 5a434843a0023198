import { type ByteSource, decodeExample, readRecords, type SkippedRange, writeRecords } from "@cassava/tfrecord";
import { decodeSequenceExample } from "@cassava/tfrecord/sequence";
import type { ContractCase, ContractHost } from "./contract.ts";
import { dumpExample, dumpOrNull, dumpSequence } from "./dump.ts";
import { codeOf, equal } from "./expect.ts";
import { address, collect, cut, expected, fixture, records } from "./files.ts";

/** Every source that is read from front to back. `name` may carry a query of the server. */
const SOURCES: Readonly<Record<string, (host: ContractHost, name: string) => Promise<ByteSource>>> = {
  "a Uint8Array": fixture,
  "a Blob": async (host, name) => new Blob([await fixture(host, name)]),
  "a File": async (host, name) => new File([await fixture(host, name)], name),
  "a fetch response": async (host, name) => await fetch(address(host, name)),
  "a response's stream": async (host, name) => (await fetch(address(host, name))).body!,
  "a stream of 7-byte chunks": async (host, name) => cut(await fixture(host, name), 7),
};

/** In plain.tfrecord, a byte of the first record's data. */
const DAMAGED = 20;

const sourceCases = Object.entries(SOURCES).flatMap(([kind, open]): ContractCase[] => [
  ...["plain", "gzip", "zlib"].map((name) => ({
    name: `${kind}: reads what TensorFlow wrote (${name})`,
    async run(host: ContractHost) {
      const found = await records(await open(host, `${name}.tfrecord`));
      equal(found.map(decodeExample).map(dumpExample), (await expected(host)).examples, "the Examples");
    },
  })),
  {
    name: `${kind}: reads unusual and damaged messages as protobuf does`,
    async run(host) {
      const found = (await records(await open(host, "unusual.tfrecord"))).map((record) => ({
        example: dumpOrNull(() => dumpExample(decodeExample(record))),
        sequence: dumpOrNull(() => dumpSequence(decodeSequenceExample(record))),
      }));
      equal(found, (await expected(host)).unusual, "the messages");
    },
  },
  {
    name: `${kind}: names the record and the byte of damage, and skips it`,
    async run(host) {
      const damaged = `plain.tfrecord?flip=${DAMAGED}`;
      const source = await open(host, damaged);
      equal(await codeOf(async () => records(source)), "DATA_CRC_MISMATCH", "the error's code");
      const skipped: SkippedRange[] = [];
      const onSkip = (range: SkippedRange) => skipped.push(range);
      const found = await records(await open(host, damaged), { onCorrupt: "skip", onSkip });
      const all = await records(await fixture(host, "plain.tfrecord"));
      equal(found, all.slice(1), "the records after the damage");
      const ranges = skipped.map(({ record, start, end, error }) => [record, start, end, error.code]);
      equal(ranges, [[0, 0, all[0]!.length + 16, "DATA_CRC_MISMATCH"]], "the range passed over");
    },
  },
]);

async function packed(found: readonly Uint8Array[], compression: "gzip" | "zlib"): Promise<Uint8Array<ArrayBuffer>[]> {
  const chunks = await collect(writeRecords(found, { compression }));
  return chunks.map((chunk) => Uint8Array.from(chunk));
}

export const streamCases: readonly ContractCase[] = [
  ...sourceCases,
  {
    name: "reads a gzip file of several members",
    async run(host) {
      const all = await records(await fixture(host, "plain.tfrecord"));
      const members = [...(await packed(all.slice(0, 13), "gzip")), ...(await packed(all.slice(13), "gzip"))];
      equal(await records(new Blob(members)), all, "the records");
      equal(await records(new Response(new Blob(members))), all, "the records of a Response");
    },
  },
  {
    name: "names compressed data that was cut short",
    async run(host) {
      const bytes = await fixture(host, "gzip.tfrecord");
      const code = await codeOf(async () => records(bytes.slice(0, bytes.length / 2)));
      equal(code, "DECOMPRESSION_FAILED", "the error's code");
    },
  },
  {
    name: "is not misled by a server that compresses on the way",
    async run(host) {
      for (const name of ["plain", "gzip"]) {
        const found = await records(await fetch(address(host, `${name}.tfrecord?gzip`)));
        equal(found.map(decodeExample).map(dumpExample), (await expected(host)).examples, name);
      }
    },
  },
  {
    name: "reads SequenceExamples",
    async run(host) {
      const found = await records(await fetch(address(host, "sequence.tfrecord")));
      equal(found.map(decodeSequenceExample).map(dumpSequence), (await expected(host)).sequences, "the examples");
    },
  },
  {
    name: "reads a response as it comes, and lets go of it when it has enough",
    async run({ origin }) {
      const response = await fetch(`${origin}/endless`);
      let count = 0;
      for await (const _ of readRecords(response)) if (++count === 100) break;
      equal(count, 100, "records of an endless file");
      equal(response.body?.locked, false, "the stream's lock");
    },
  },
  {
    name: "names what is no TFRecord file: a web page, a missing file",
    async run(host) {
      const page = await fetch(`${host.origin}/page`);
      equal(await codeOf(async () => records(page)), "NOT_TFRECORD", "a page");
      const missing = await fetch(address(host, "missing"));
      equal(await codeOf(async () => records(missing)), "SOURCE_UNREADABLE", "status 404");
    },
  },
];
