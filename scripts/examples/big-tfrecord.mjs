import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../lib/paths.mjs";

const BYTES = 100e6;

/** @param {string} path of a module that was built */
const built = (path) => import(pathToFileURL(join(root, "packages", path)).href);

/**
 * A TFRecord file of 100 MB: synthetic leaves of the competition's form, over and over, each record with a name of its own.
 * @param {string} work empty folder
 * @returns {Promise<{ path: string, records: number }>}
 */
export const bigTFRecord = async (work) => {
  const { writeSyntheticShards } = await built("data/dist/node.js");
  const { bytes, encodeWith, int, readExamples, schema } = await built("tfrecord/dist/index.js");
  const { openFile, writeRecordsFile } = await built("tfrecord/dist/node.js");
  const leaf = schema({ image: bytes(), image_name: bytes(), target: int() });
  const [shard] = await writeSyntheticShards(join(work, "leaves"), { count: 12, size: 512, seed: 1 }, { shards: 1 });
  /** @type {{ image: Uint8Array, target: number }[]} */
  const leaves = [];
  for await (const example of readExamples(openFile(shard.path), leaf)) leaves.push(example);

  const path = join(work, "big.tfrec");
  let records = 0;
  const made = function* () {
    for (let size = 0; size < BYTES; records++) {
      const { image, target } = /** @type {typeof leaves[number]} */ (leaves[records % leaves.length]);
      const image_name = new TextEncoder().encode(`leaf-${String(records).padStart(5, "0")}.jpg`);
      const record = encodeWith(leaf, { image, image_name, target });
      size += record.length + 16;
      yield record;
    }
  };
  await writeRecordsFile(path, made());
  return { path, records };
};
