// `node tfrecord-reader.mjs CONTENDER [FOLDER]`: one of the readers in JavaScript, as a worker of the bench. FOLDER is
// where the npm packages are that pnpm cannot install (see tfrecord-peers.mjs).
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { bytes, int, readExamples, schema, string } from "@cassava/tfrecord";
import { nativeCrc32c, openFile } from "@cassava/tfrecord/node";
import { crc32c } from "@node-rs/crc32";

/** Reads a file and returns the sum of bytes in `image` and `target`. @typedef {(path: string) => Promise<number>} Reader */

const [contender = "", folder = ""] = process.argv.slice(2);
const leaf = schema({ image: bytes(), image_name: string(), target: int() });
const decoder = new TextDecoder();

/** A name is decoded by everyone; this keeps it from being optimized away. */
const named = (/** @type {string} */ name) => (name.length > 0 ? 0 : 1);

const ours = async (/** @type {import("@cassava/tfrecord").ByteSource} */ source) => {
  let total = 0;
  for await (const { image, image_name, target } of readExamples(source, leaf)) {
    total += image.length + target + named(image_name);
  }
  return total;
};

/**
 * `tfrecord` and `tfrecord-stream`: protobuf.js, and a checksum from `fast-crc32c`, whose addon needs a compiler. They get
 * the prebuilt native one in its place: without, they would fall back on one that takes a byte at a time.
 * @param {string} name
 * @returns {Reader}
 */
const protobufJs = (name) => {
  const require = createRequire(`${folder}/package.json`);
  const checksum = require.resolve("fast-crc32c", { paths: [require.resolve(name)] });
  require.cache[checksum] = Object.assign(new (require("node:module"))(checksum), {
    loaded: true,
    exports: { calculate: crc32c },
  });
  const { createReader } = require(name);
  return async (path) => {
    let total = 0;
    const reader = await createReader(path);
    for (;;) {
      const example = await reader.readExample();
      if (example === null) return total;
      const { image, image_name, target } = example.features.feature;
      total += image.bytesList.value[0].length + Number(target.int64List.value[0]);
      total += named(decoder.decode(image_name.bytesList.value[0]));
    }
  };
};

/** @returns {Reader} */
const roboflow = () => {
  const { TFRecordsReader } = createRequire(import.meta.url)("@roboflow/tfrecords/src/tensorFlowReader");
  return async (path) => {
    let total = 0;
    // Its own getFeature() throws with today's google-protobuf: the messages that it decoded are asked instead.
    for (const message of new TFRecordsReader(await readFile(path)).imageMessages) {
      const features = message.getContext().getFeatureMap();
      total += features.get("image").getBytesList().getValueList_asU8()[0].length;
      total += features.get("target").getInt64List().getValueList()[0];
      total += named(decoder.decode(features.get("image_name").getBytesList().getValueList_asU8()[0]));
    }
    return total;
  };
};

/** @type {Readonly<Record<string, () => Reader>>} */
const CONTENDERS = {
  // Chunks of the same file, without the native checksum that openFile brings where it is installed.
  portable: () => (path) => ours({ [Symbol.asyncIterator]: () => openFile(path)[Symbol.asyncIterator]() }),
  native: () => {
    if (nativeCrc32c() === undefined) throw new Error("@node-rs/crc32 cannot be loaded here");
    return (path) => ours(openFile(path));
  },
  tfrecord: () => protobufJs("tfrecord"),
  "tfrecord-stream": () => protobufJs("tfrecord-stream"),
  roboflow,
};

const read = CONTENDERS[contender]?.();
if (read === undefined) throw new Error(`no contender ${contender}`);
for await (const line of createInterface({ input: process.stdin })) {
  /** @type {import("./tfrecord-workers.mjs").Request} */
  const { passes, files } = JSON.parse(line);
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  let total = 0;
  for (let pass = 0; pass < passes; pass++) {
    total = 0;
    for (const file of files) total += await read(file);
  }
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  process.stdout.write(`${JSON.stringify({ seconds, cpu: (user + system) / 1e6, total })}\n`);
}
