import type { ClassInfo, Dataset, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import { bytes, decodeWith, type RandomAccess, schema } from "@cassava/tfrecord";
import { readRecordAt } from "@cassava/tfrecord/random-access";
import { unknownId } from "../dataset.ts";
import { DataError } from "../errors.ts";
import { keepFirst } from "../keep-first.ts";
import { resolveLabels, type StatedLabel } from "../labels.ts";
import { recordError, type ShardContent } from "./read-shard.ts";

/** Which features of a record are what. */
export interface RecordFeatures {
  /** Bytes feature of the encoded image. Default "image". */
  readonly image?: string;
  /**
   * String feature of the name, which becomes the id. Default "image_name". Null: ids are "shard.tfrec#12", for records
   * without names.
   */
  readonly id?: string | null;
  /**
   * Feature of the label: int64 (class indices), or text (class names or indices). A record without it is unlabelled.
   * Default "target".
   */
  readonly label?: string;
}

/** {@link RecordFeatures} with the competition's names filled in. */
export function recordFeatures({ image = "image", id = "image_name", label = "target" }: RecordFeatures = {}) {
  return { imageFeature: image, idFeature: id, labelFeature: label };
}

/** One shard: what is in it, and how it is read. */
export interface OpenShard extends ShardContent {
  readonly name: string;
  /** Runs `work` with the file's bytes. */
  use<T>(work: (access: RandomAccess) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What a {@link shardDataset} needs beside its shards. */
export interface ShardDatasetOptions {
  readonly imageFeature: string;
  /** Classes of the label map; undefined where there is none. */
  readonly map: readonly ClassInfo[] | undefined;
}

/**
 * A data set of shards that were read or whose indexes were. Throws a DataError: DATASET_EMPTY, LABEL_UNKNOWN,
 * LABEL_CONFLICT.
 */
export function shardDataset(shards: readonly OpenShard[], { imageFeature, map }: ShardDatasetOptions): Dataset {
  // For 21,397 images every object counts: shapes are spelled out, not spread, and what `read` needs is in three numbers.
  const stated = shards.flatMap(({ name, records }) =>
    records.map(({ id, label, record }): StatedLabel => ({ id, label, file: name, record })),
  );
  if (stated.length === 0) throw noRecord(shards);
  const { classes, labels } = resolveLabels(stated, map);
  const { kept, problems } = keepFirst(
    stated.map(({ id, file, record }, at) => ({ id, file, record, index: labels[at], at })),
  );
  const corrupt = shards.flatMap((shard): readonly DatasetProblem[] => shard.problems);

  const shardAt = Uint32Array.from(shards.flatMap(({ records }, at) => records.map(() => at)));
  const ordinalAt = Uint32Array.from(shards.flatMap(({ records }) => records.map(({ ordinal }) => ordinal)));
  const recordAt = Uint32Array.from(stated, ({ record }) => record!);
  const places = new Map(kept.map(({ id, at }) => [id, at]));
  const imageSchema = schema({ [imageFeature]: bytes() });
  let closed = false;
  return {
    classes,
    entries: kept.map(
      ({ id, index, file, record }): DatasetEntry =>
        index === undefined ? { id, file, record } : { id, label: index, file, record },
    ),
    problems: [...corrupt, ...problems],
    async read({ id }) {
      const place = places.get(id);
      if (place === undefined) throw unknownId(id, "read");
      const [shard, ordinal, record] = [shards[shardAt[place]!]!, ordinalAt[place]!, recordAt[place]!];
      if (closed) {
        const message = `the data set of ${shard.name} is closed: open it again to read "${id}"`;
        throw new DataError("DATASET_CLOSED", message, { file: shard.name, id });
      }
      try {
        const data = await shard.use((access) => readRecordAt(access, shard.index, ordinal, { file: shard.name }));
        return decodeWith(imageSchema, data)[imageFeature]!;
      } catch (cause) {
        throw recordError(cause, { file: shard.name, record, id });
      }
    },
    async close() {
      closed = true;
      for (const shard of shards) await shard.close();
    },
  };
}

/** The error for files without a record, with the first reason that their reading gave. */
function noRecord(shards: readonly OpenShard[]): DataError {
  const one = shards.length === 1;
  const reason = shards.flatMap(({ problems }) => problems)[0]?.message;
  const file = shards[0]?.name ?? "";
  const files = one ? "1 file holds" : `${shards.length} files hold`;
  const again = `write or download ${one ? "it" : "them"} again`;
  const message =
    reason === undefined
      ? `${files} no record (${one ? file : `${file}, …`}): ${again}`
      : `${files} no record (${reason}): pass TFRecord files or a folder of photographs, or ${again}`;
  return new DataError("DATASET_EMPTY", message, { file });
}
