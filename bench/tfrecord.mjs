// Reading TFRecord files, every checksum verified and three features decoded, beside TensorFlow in the same run. On the
// real shards of ../shared where they are, else on made-up records of the same size. One thread for everyone; the row
// with AUTOTUNE lets TensorFlow have all cores.
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  bytes,
  bytesFeature,
  encodeExample,
  frameRecord,
  int,
  int64Feature,
  readExamples,
  schema,
  string,
} from "@cassava/tfrecord";
import { openFile } from "@cassava/tfrecord/node";
import { sideBySide } from "./side-by-side.mjs";

/** Each contender reads at least so much in one round, in bytes: shorter rounds measure the clock. */
const BYTES_PER_ROUND = 256e6;

const leaf = schema({ image: bytes(), image_name: string(), target: int() });

/** Four files of 64 records with 105 kB of incompressible bytes each, as the real shards have. */
const makeShards = async (/** @type {string} */ folder) => {
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  const paths = [0, 1, 2, 3].map((shard) => join(folder, `made-up${shard}-64.tfrec`));
  for (const path of paths) {
    const frames = Array.from({ length: 64 }, (_, at) =>
      frameRecord(
        encodeExample({
          image: bytesFeature(Uint8Array.from({ length: 105_000 }, noise)),
          image_name: bytesFeature(`${at}.jpg`),
          target: int64Feature(at % 5),
        }),
      ),
    );
    await writeFile(path, Buffer.concat(frames));
  }
  return paths;
};

/** One pass over the files; the sum that the peer prints too proves that both read the same. */
const read = async (/** @type {readonly string[]} */ paths) => {
  let total = 0;
  for (const path of paths)
    for await (const { image, target } of readExamples(openFile(path), leaf)) total += image.length + target;
  return total;
};

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ python, shared, work, rounds }) => {
  const folder = shared && join(shared, "data/cassava/train_tfrecords");
  const paths = folder ? (await readdir(folder)).sort().map((name) => join(folder, name)) : await makeShards(work);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const passes = Math.ceil(BYTES_PER_ROUND / size);
  const expected = await read(paths);

  const tensorflow = (/** @type {string} */ mode) => async () => {
    const [seconds = "", total = ""] = (await python("tfrecord.py", [mode, passes, ...paths])).trim().split(" ");
    if (Number(total) !== expected) throw new Error(`TensorFlow reads ${total}, we read ${expected}`);
    return Number(seconds);
  };
  const found = await sideBySide({
    rounds,
    contenders: {
      "@cassava/tfrecord": async () => {
        for (let pass = 0; pass < passes; pass++) await read(paths);
        return undefined;
      },
      "TensorFlow parse_single_example": tensorflow("single"),
      "TensorFlow parse_example, 64 at once": tensorflow("batched"),
      "TensorFlow parse_example, AUTOTUNE": tensorflow("autotune"),
    },
  });
  const rows = found.map(({ median, min, max, ratio, ...row }) => ({
    ...row,
    "MB/s": (size * passes) / 1e6 / median,
    seconds: median,
    min,
    max,
    "times ours": ratio,
  }));
  const peers = found.slice(1, 3).map(({ ratio }) => ratio);
  return { rows, targets: [{ id: "large.portable.vs-tensorflow", value: Math.min(...peers), atLeast: 1 }] };
};
