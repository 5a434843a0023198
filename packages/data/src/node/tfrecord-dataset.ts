import { dirname } from "node:path";
import type { Dataset, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import { bytes, decodeWith, isTFRecordError, schema } from "@cassava/tfrecord";
import { expandPaths } from "@cassava/tfrecord/node";
import { readRecordAt } from "@cassava/tfrecord/random-access";
import { unknownId } from "../dataset.ts";
import { DataError, isDataError, reasonOf } from "../errors.ts";
import { resolveLabels } from "../labels.ts";
import { orderedMap } from "../ordered-map.ts";
import { keepFirst } from "./keep-first.ts";
import { findLabelMap } from "./label-map-file.ts";
import { readShard, recordError, type Shard } from "./read-shard.ts";

/** Features that {@link tfrecordDataset} reads, and what it does about damage. */
export interface TfrecordDatasetOptions {
  /** Bytes feature of the encoded image. Default "image". */
  readonly imageFeature?: string;
  /**
   * String feature of the name, which becomes the id. Default "image_name". Null: ids are "shard.tfrec#12", for records
   * without names.
   */
  readonly nameFeature?: string | null;
  /** Int64 feature of the class index; a record without it is unlabelled. Default "target". */
  readonly labelFeature?: string;
  /** `skip`: damaged records go to `problems`. Default "throw". */
  readonly onCorrupt?: "throw" | "skip";
}

/**
 * The records of TFRecord files (or of folders or globs of them) as a data set. Opening reads every file once, in
 * constant memory, with all checksums, and keeps names, labels and positions (about 200 bytes a record); images are
 * then read one by one by position. Classes come from the label map beside the first file or one folder up, else from
 * the labels.
 *
 * Throws a DataError: DATASET_MISSING where nothing matches, DATASET_EMPTY without a record, RECORD_UNREADABLE for
 * damage, a missing feature or a compressed file (`cause` is the TFRecordError), LABEL_UNKNOWN, LABEL_CONFLICT where
 * two records of one name disagree, LABEL_MAP_INVALID. Call `close` when done: shards that were read from stay open
 * until then.
 */
export async function tfrecordDataset(
  patterns: string | readonly string[],
  options: TfrecordDatasetOptions = {},
): Promise<Dataset> {
  const { imageFeature = "image", nameFeature = "image_name", labelFeature = "target", onCorrupt = "throw" } = options;
  const paths = await filesOf(patterns);
  const shards: Shard[] = [];
  for await (const shard of orderedMap(paths, 1, (path) => readShard(path, { nameFeature, labelFeature, onCorrupt }))) {
    shards.push(shard);
  }
  const stated = shards.flatMap((shard) => shard.records.map((record) => ({ ...record, file: shard.path, shard })));
  if (stated.length === 0) {
    const message = `the ${paths.length} TFRecord files (${paths[0]}, …) hold no record: write or download them again`;
    throw new DataError("DATASET_EMPTY", message, { file: paths[0]! });
  }
  const { classes, labels } = resolveLabels(stated, await findLabelMap(dirname(paths[0]!)));
  const { kept, problems } = keepFirst(stated.map((one, at) => ({ ...one, index: labels[at] })));
  const corrupt = shards.flatMap((shard): readonly DatasetProblem[] => shard.problems);

  const places = new Map(kept.map((one) => [one.id, one]));
  const imageSchema = schema({ [imageFeature]: bytes() });
  let closed = false;
  return {
    classes,
    entries: kept.map(
      ({ id, index, file, record }): DatasetEntry => ({
        id,
        ...(index !== undefined && { label: index }),
        file,
        record,
      }),
    ),
    problems: [...corrupt, ...problems],
    async read({ id }) {
      const place = places.get(id);
      if (place === undefined) throw unknownId(id, "read");
      const { shard, ordinal, record } = place;
      if (closed) {
        const message = `the data set of ${shard.path} is closed: open it again to read "${id}"`;
        throw new DataError("DATASET_CLOSED", message, { file: shard.path, id });
      }
      try {
        return decodeWith(imageSchema, await readRecordAt(shard.access, shard.index, ordinal))[imageFeature]!;
      } catch (cause) {
        throw recordError(cause, { file: shard.path, record, id });
      }
    },
    async close() {
      closed = true;
      for (const { access } of shards) await access.close();
    },
  };
}

async function filesOf(patterns: string | readonly string[]): Promise<string[]> {
  try {
    return await expandPaths(patterns);
  } catch (cause) {
    if (isDataError(cause)) throw cause;
    const file = isTFRecordError(cause) ? cause.file : undefined;
    const message = `no TFRecord file is at ${file ?? [patterns].flat().join(", ")} (${reasonOf(cause)})`;
    throw new DataError("DATASET_MISSING", message, { ...(file !== undefined && { file }), cause });
  }
}
