// @cassava/tfrecord, as built, against TensorFlow and its protobuf: each reads what the other wrote.
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as tfrecord from "@cassava/tfrecord";
import { createShardWriter, openFile } from "@cassava/tfrecord/node";
import { decodeSequenceExample, encodeSequenceExample } from "@cassava/tfrecord/sequence";
import { convertSuite } from "./tfrecord/convert.mjs";
import { difference, dumpExample, dumpSequence, parsed } from "./tfrecord/dump.mjs";

const { decodeExample, encodeExample, readRecords, writeRecords } = tfrecord;

/** Records of each kind; a quarter as many sequences. */
const COUNT = 3000;
/** Records in fixtures/tfrecord. */
const FIXTURE_COUNT = 40;

const refuse = (complaint) => {
  if (complaint !== undefined) throw new Error(complaint);
};

const collect = async (source) => {
  const values = [];
  for await (const value of source) values.push(value);
  return values;
};

const read = (path) => collect(readRecords(openFile(path)));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A small generator of 32-bit numbers (mulberry32). */
const random = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
};

const randomFeature = (next) => {
  const length = [0, 1, 1, 2, 16, 17, 90][next() % 7];
  const values = (make) => Array.from({ length }, make);
  const bits = () => BigInt.asIntN(64, (BigInt(next()) << 32n) | BigInt(next()));
  switch (next() % 4) {
    case 0:
      return { kind: "bytes", value: values(() => Uint8Array.from({ length: next() % 70 }, next)) };
    case 1:
      return {
        kind: "float",
        value: Float32Array.from(values(() => [0, -0, 1e-45, -3.4e38, 1 / 0, Number.NaN, next() / 7][next() % 7])),
      };
    case 2:
      return { kind: "int64", value: BigInt64Array.from(values(() => bits() >> BigInt(next() % 64))) };
    default:
      return { kind: "none" };
  }
};

const randomMap = (next, names, value) =>
  new Map(names.filter(() => next() % 2 === 0).map((name) => [name, value(next)]));
const randomExample = (next) =>
  randomMap(next, ["z", "", "__proto__", "image", "größe", "\u{10000}", "\uff61"], randomFeature);
const randomSequence = (next) => ({
  context: randomExample(next),
  featureLists: randomMap(next, ["words", "frames"], () =>
    Array.from({ length: next() % 4 }, () => randomFeature(next)),
  ),
});

/** What TensorFlow wrote, read by us. */
const readTheirs = async ({ python, root, work, check }) => {
  const folder = join(work, "theirs");
  await python("tfrecord/write.py", [folder, COUNT]);
  const expected = JSON.parse(await readFile(join(folder, "expected.json"), "utf8"));
  const file = (name) => join(folder, `${name}.tfrecord`);
  const plain = await read(file("plain"));

  await check(`Examples written by TensorFlow ${expected.versions.tensorflow}: ${plain.length} read alike`, () =>
    refuse(difference(plain.map(decodeExample).map(dumpExample), expected.examples)),
  );
  for (const compression of ["gzip", "zlib"]) {
    await check(`the same, compressed with ${compression}`, async () =>
      refuse(difference((await read(file(compression))).map(sha256), plain.map(sha256))),
    );
  }
  await check("encoding them again gives TensorFlow's bytes", () =>
    refuse(difference(plain.map(decodeExample).map(encodeExample).map(sha256), plain.map(sha256))),
  );
  await check("one changed value is told apart", () => {
    const ours = plain.map(decodeExample).map(dumpExample);
    const changed = ours.find((entries) => entries.some(([, [kind, values]]) => kind === "int64" && values.length > 0));
    changed.find(([, [kind, values]]) => kind === "int64" && values.length > 0)[1][1][0] += "0";
    if (difference(ours, expected.examples) === undefined) throw new Error("the change went unseen");
  });

  const sequences = await read(file("sequence"));
  await check(`SequenceExamples: ${sequences.length} read alike, and encoded to the same bytes`, () => {
    const decoded = sequences.map(decodeSequenceExample);
    refuse(difference(decoded.map(dumpSequence), expected.sequences));
    refuse(difference(decoded.map(encodeSequenceExample).map(sha256), sequences.map(sha256)));
  });

  const unusual = await read(file("unusual"));
  const refused = expected.unusual.filter(({ example }) => example === null).length;
  await check(`unusual and damaged messages: ${unusual.length} read as protobuf does, which refuses ${refused}`, () => {
    const ours = unusual.map((record) => ({
      example: parsed(decodeExample, dumpExample, record),
      sequence: parsed(decodeSequenceExample, dumpSequence, record),
    }));
    refuse(difference(ours, expected.unusual));
  });

  await check("fixtures/tfrecord is what write.py makes", async () => {
    const again = join(work, "fixtures");
    await python("tfrecord/write.py", [again, FIXTURE_COUNT]);
    for (const name of (await readdir(again)).filter((name) => !/gzip|zlib/.test(name))) {
      const [made, committed] = await Promise.all([
        readFile(join(again, name)),
        readFile(join(root, "fixtures/tfrecord", name)),
      ]);
      if (!made.equals(committed)) throw new Error(`fixtures/tfrecord/${name} differs; see its README`);
    }
  });
};

/** What we wrote, read by TensorFlow with checksums on. */
const readOurs = async ({ python, work, check }) => {
  const next = random(20240603);
  const examples = Array.from({ length: COUNT }, () => randomExample(next));
  const sequences = Array.from({ length: COUNT / 4 }, () => randomSequence(next));
  const records = examples.map(encodeExample);
  const path = (name) => join(work, `${name}.tfrecord`);
  for (const compression of ["none", "gzip", "zlib"])
    await writeFile(path(compression), writeRecords(records, { compression }));
  await writeFile(path("sequences"), writeRecords(sequences.map(encodeSequenceExample)));
  const writer = createShardWriter({ folder: work, prefix: "shard", shards: 3 });
  for (const record of records) await writer.write(record);
  const shards = await writer.close();

  const jobs = [
    `example::${path("none")}`,
    `digest:GZIP:${path("gzip")}`,
    `digest:ZLIB:${path("zlib")}`,
    `sequence::${path("sequences")}`,
    ...shards.map((shard) => `digest::${shard.path}`),
  ];
  const [plain, gzip, zlib, sequence, ...dealt] = JSON.parse(await python("tfrecord/read.py", jobs));
  const check1 = (read, expected) => {
    if (read.error !== undefined) throw new Error(`TensorFlow says ${read.error}`);
    refuse(difference(read.records, expected));
  };
  await check(`Examples written by us: TensorFlow reads all ${COUNT} alike, and would write the same bytes`, () =>
    check1(
      plain,
      examples.map((example) => ({ values: dumpExample(example), canonical: true })),
    ),
  );
  await check("the same, compressed with gzip", () => check1(gzip, records.map(sha256)));
  await check("the same, compressed with zlib", () => check1(zlib, records.map(sha256)));
  await check("SequenceExamples written by us", () =>
    check1(
      sequence,
      sequences.map((one) => ({ values: dumpSequence(one), canonical: true })),
    ),
  );
  await check("the shards of createShardWriter", () => {
    for (const [i, shard] of dealt.entries()) check1(shard, records.filter((_, k) => k % 3 === i).map(sha256));
  });
};

/** Damage that both must refuse: the oracle sees what is broken. */
const refuseDamage = async ({ python, work, check }) => {
  const records = ["one", "two", "three"].map((text) => encodeExample({ text: tfrecord.bytesFeature(text) }));
  const good = Buffer.concat(records.map(tfrecord.frameRecord));
  const second = records[0].length + 16;
  const flip = (at) => good.map((byte, i) => (i === second + at ? byte ^ 4 : byte));
  const unmasked = Buffer.from(good);
  unmasked.writeUInt32LE(tfrecord.crc32c(records[1]), second + 12 + records[1].length);
  const cases = [
    ["a flipped bit of a length", flip(0), "LENGTH_CRC_MISMATCH"],
    ["a flipped bit of a length's checksum", flip(9), "LENGTH_CRC_MISMATCH"],
    ["a flipped bit of the data", flip(20), "DATA_CRC_MISMATCH"],
    ["a flipped bit of the data's checksum", flip(12 + records[1].length), "DATA_CRC_MISMATCH"],
    ["a writer that forgets the mask", unmasked, "DATA_CRC_MISMATCH"],
    ["cut data", good.subarray(0, good.length - 1), "DATA_TRUNCATED"],
    ["a tail of zeros", Buffer.concat([good, Buffer.alloc(100)]), "ZERO_TAIL"],
    ["nothing at all", good, undefined],
    // TensorFlow 2.21 takes 1 to 11 bytes for the end of the file: the record that they began is lost without a word.
    ["a cut header", good.subarray(0, second + 7), "HEADER_TRUNCATED", "silent"],
  ];
  const path = (i) => join(work, `damaged-${i}.tfrecord`);
  for (const [i, [, bytes]] of cases.entries()) await writeFile(path(i), bytes);
  const answers = JSON.parse(
    await python(
      "tfrecord/read.py",
      cases.map((_, i) => `digest::${path(i)}`),
    ),
  );
  for (const [i, [label, , code, silent]] of cases.entries()) {
    const expected = code === undefined || silent ? undefined : "DataLossError";
    await check(`damage: ${label}: we say ${code}, TensorFlow ${expected}`, async () => {
      const ours = await read(path(i)).then(
        () => undefined,
        (error) => error.code,
      );
      const theirs = answers[i].error;
      if (ours !== code || theirs !== expected) throw new Error(`we say ${ours}, TensorFlow says ${theirs}`);
    });
  }
};

/** The cassava files themselves. */
const readCassava = async ({ python, shared, check, skip }) => {
  const label = "the cassava files hold the same records for TensorFlow and for us";
  if (shared === undefined) return skip(label, "../shared is missing");
  const folder = join(shared, "data/cassava/train_tfrecords");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".tfrec")).map((name) => join(folder, name));
  const theirs = JSON.parse(
    await python(
      "tfrecord/read.py",
      files.map((path) => `digest::${path}`),
    ),
  );
  await check(`${label} (${files.length} files)`, async () => {
    if (files.length === 0) throw new Error("there are no files");
    for (const [i, path] of files.entries()) refuse(difference((await read(path)).map(sha256), theirs[i].records));
  });
};

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async (context) => {
  await readTheirs(context);
  await readOurs(context);
  await refuseDamage(context);
  await readCassava(context);
  await convertSuite(context);
};
