import { dirname } from "node:path";
import type { ClassInfo, Dataset } from "@cassava/contracts";
import { openFile } from "@cassava/tfrecord/node";
import { DataError } from "../errors.ts";
import { classList } from "../labels.ts";
import { orderedMap } from "../ordered-map.ts";
import { type ReadShardOptions, readShard, recordError } from "../shards/read-shard.ts";
import { type OpenShard, type RecordFeatures, recordFeatures, shardDataset } from "../shards/shard-dataset.ts";
import { findLabelMap } from "./label-map-file.ts";
import { type OpenFiles, openFiles } from "./open-files.ts";
import { shardFiles } from "./shard-files.ts";
import { loadShardIndex, saveShardIndex, stampOf } from "./shard-index-file.ts";

/** Features that {@link tfrecordDataset} reads, what it keeps, and what it does about damage. */
export interface TfrecordDatasetOptions {
  /** Names of the features of a record. Default: the competition's, `image`, `image_name`, `target`. */
  readonly features?: RecordFeatures;
  /** Class names in the order of their indices, in place of a label map beside the files. */
  readonly classes?: readonly (string | ClassInfo)[];
  /** `skip`: damaged records go to `problems`. Default "throw". */
  readonly onCorrupt?: "throw" | "skip";
  /**
   * Where indexes are kept: a folder, or false for nowhere. Default: beside each shard (`x.tfrec.dataset.json`); where
   * that folder is read-only, in `CASSAVA_CACHE` or the user's cache folder.
   */
  readonly indexes?: string | false;
  /** Shards that stay open between reads, at least 1. Default 32. */
  readonly openFiles?: number;
}

/**
 * The records of TFRecord files (or of folders or globs of them) as a data set. The first opening reads every file once,
 * in constant memory, with all checksums, and keeps an index of names, labels and positions (about 200 bytes a record
 * in memory); later openings read the indexes of files whose size and time are unchanged. Images are read one by one by
 * position, with their checksums. Classes are `classes`, else come from the label map beside the first file or one
 * folder up, else from the labels.
 *
 * Throws a DataError: DATASET_MISSING where nothing matches, DATASET_UNKNOWN for a photograph, DATASET_EMPTY without a record, RECORD_UNREADABLE for
 * damage, a missing feature or a compressed file (`cause` is the TFRecordError), LABEL_UNKNOWN, LABEL_CONFLICT where
 * two records of one name disagree, LABEL_MAP_INVALID, OPTION_INVALID. Call `close` when done.
 */
export async function tfrecordDataset(
  patterns: string | readonly string[],
  options: TfrecordDatasetOptions = {},
): Promise<Dataset> {
  const { onCorrupt = "throw", openFiles: most = 32, indexes, classes } = options;
  if (!(Number.isInteger(most) && most >= 1)) {
    throw new DataError("OPTION_INVALID", `tfrecordDataset: openFiles is ${most}: use an integer of at least 1`);
  }
  const { imageFeature, ...features } = recordFeatures(options.features);
  const paths = await shardFiles(patterns);
  const pool = openFiles(most);
  const shards: OpenShard[] = [];
  const open = (path: string) => openShard(path, { ...features, onCorrupt }, indexes, pool);
  for await (const shard of orderedMap(paths, 1, open)) shards.push(shard);
  const map = classes === undefined ? await findLabelMap(dirname(paths[0]!)) : classList(classes);
  return shardDataset(shards, { imageFeature, map });
}

async function openShard(
  path: string,
  options: ReadShardOptions,
  indexes: string | false | undefined,
  pool: OpenFiles,
): Promise<OpenShard> {
  try {
    const file = openFile(path);
    const shard = {
      name: path,
      use: <T>(work: (access: typeof file) => Promise<T>) => pool.use(file, () => work(file)),
      close: () => file.close(),
    };
    if (indexes === false) return { ...shard, ...(await read()) };
    const stamp = await stampOf(path);
    const kept = await loadShardIndex(path, stamp, options, indexes);
    // An index of a damaged file knows what is damaged, but not as an error that could be thrown.
    if (kept !== undefined && (kept.problems.length === 0 || options.onCorrupt === "skip")) {
      return { ...shard, ...kept };
    }
    const content = await read();
    // A file without a record is perhaps a photograph or a note: nothing is written beside it.
    if (content.records.length > 0) await saveShardIndex(path, content, stamp, options, indexes);
    return { ...shard, ...content };

    function read() {
      return pool.use(file, () => readShard({ name: path, access: file, stream: () => file }, options));
    }
  } catch (cause) {
    throw recordError(cause, { file: path });
  }
}
