import { decodeExample, type RandomAccess } from "@cassava/tfrecord";
import {
  blobAccess,
  buildIndex,
  bytesAccess,
  httpAccess,
  parseIndex,
  readRecordAt,
  readRecordsAt,
  readShuffled,
  serializeIndex,
} from "@cassava/tfrecord/random-access";
import type { ContractCase, ContractHost } from "./contract.ts";
import { dumpExample } from "./dump.ts";
import { codeOf, equal } from "./expect.ts";
import { address, collect, expected, fixture, records } from "./files.ts";

const FILE = "plain.tfrecord";

const ACCESS: Readonly<Record<string, (host: ContractHost, name: string) => Promise<RandomAccess>>> = {
  "bytes in memory": async (host, name) => bytesAccess(await fixture(host, name)),
  "a Blob": async (host, name) => blobAccess(new Blob([await fixture(host, name)])),
  "HTTP ranges": async (host, name) => await httpAccess(address(host, name)),
};

/** The ranges that the server was asked for since the last call. */
async function takeLog({ origin }: ContractHost): Promise<string[]> {
  return await (await fetch(`${origin}/log`)).json();
}

const accessKinds = Object.entries(ACCESS).flatMap(([kind, open]): ContractCase[] => [
  {
    name: `${kind}: gives any record by its number`,
    async run(host) {
      const access = await open(host, FILE);
      const index = await buildIndex(access);
      const { examples } = await expected(host);
      equal(index.count, examples.length, "the number of records");
      const dump = (record: Uint8Array) => dumpExample(decodeExample(record));
      equal(dump(await readRecordAt(access, index, 17)), examples[17], "record 17");
      const order = [39, 0, 17, 18, 17];
      const found = await readRecordsAt(access, index, order);
      equal(
        found.map(dump),
        order.map((i) => examples[i]),
        "several records",
      );
      equal(await codeOf(() => readRecordAt(access, index, 40)), "INVALID_ARGUMENT", "beyond the end");
    },
  },
  {
    name: `${kind}: keeps its index as JSON and as text`,
    async run(host) {
      const access = await open(host, FILE);
      const index = await buildIndex(access);
      equal(parseIndex(serializeIndex(index)), index, "the index from JSON");
      equal(parseIndex(serializeIndex(index, { format: "text" })), index, "the index from text");
      const other = await open(host, "unusual.tfrecord");
      equal(await codeOf(() => readRecordAt(other, index, 0)), "INDEX_MISMATCH", "another file");
    },
  },
  {
    name: `${kind}: is read in one shuffled order everywhere`,
    async run(host) {
      const access = await open(host, FILE);
      const index = await buildIndex(access);
      const all = await records(await fixture(host, FILE));
      const files = [
        { access, index },
        { access, index },
      ];
      const shuffled = await collect(readShuffled(files, { seed: 4 }));
      for (const { record, data } of shuffled) equal(data, all[record], `record ${record}`);
      const order = shuffled.map(({ file, record }) => file * all.length + record);
      equal(
        order.toSorted((a, b) => a - b),
        order.map((_, i) => i),
        "each record once",
      );
      const again = await collect(readShuffled(files, { seed: 4 }));
      equal(
        again.map(({ file, record }) => file * all.length + record),
        order,
        "the order of the same seed",
      );
      equal(order.slice(0, 8), FIRST_OF_SEED_4, "the first of seed 4");
    },
  },
  {
    name: `${kind}: notices damage where it reads`,
    async run(host) {
      const access = await open(host, `${FILE}?flip=20`);
      const index = await buildIndex(access);
      equal(await codeOf(() => readRecordAt(access, index, 0)), "DATA_CRC_MISMATCH", "record 0");
      equal(await codeOf(() => buildIndex(access, { verify: "full" })), "DATA_CRC_MISMATCH", "the whole file");
      equal((await readRecordAt(access, index, 1)).length, index.lengths[1], "record 1");
    },
  },
]);

/** Two files of 40 records, numbered through: an order is the same on every platform. */
const FIRST_OF_SEED_4: readonly number[] = [30, 3, 15, 75, 32, 48, 63, 17];

export const accessCases: readonly ContractCase[] = [
  ...accessKinds,
  {
    name: "HTTP ranges: asks once for neighbours, and not for what lies far between",
    async run(host) {
      const access = await httpAccess(address(host, FILE));
      const index = await buildIndex(access);
      await takeLog(host);
      await readRecordsAt(access, index, [11, 10, 12, 10]);
      const end = index.offsets[13]! - 1;
      equal(await takeLog(host), [`bytes=${index.offsets[10]}-${end}`], "the request for neighbours");
      await readRecordsAt(access, index, [1, 38], { maxGapBytes: 100 });
      equal((await takeLog(host)).length, 2, "requests for records far apart");
    },
  },
  {
    name: "HTTP ranges: indexes a file in fewer requests than records",
    async run(host) {
      const access = await httpAccess(address(host, FILE));
      await takeLog(host);
      const { count } = await buildIndex(access);
      const asked = (await takeLog(host)).length;
      equal(asked > 0 && asked < count, true, `${asked} requests for ${count} records`);
    },
  },
  {
    name: "HTTP ranges: refuses compressed files and missing ones",
    async run(host) {
      const access = await httpAccess(address(host, "gzip.tfrecord"));
      equal(await codeOf(() => buildIndex(access)), "COMPRESSED", "a gzip file");
      equal(await codeOf(() => httpAccess(address(host, "missing"))), "SOURCE_UNREADABLE", "status 404");
    },
  },
];
