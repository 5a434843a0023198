import type { DatasetProblem } from "@cassava/contracts";
import {
  type ByteSource,
  int,
  isTFRecordError,
  type RandomAccess,
  readExamples,
  schema,
  string,
} from "@cassava/tfrecord";
import { buildIndex, type RecordIndex } from "@cassava/tfrecord/random-access";
import { DataError, isDataError, reasonOf } from "../errors.ts";

/** A TFRecord file, wherever it is: bytes by position, and from front to back. */
export interface ShardSource {
  /** Path, name or address, as messages give it. */
  readonly name: string;
  readonly access: RandomAccess;
  /** The same bytes in order. Read from the start each time it is asked for. */
  stream(): ByteSource;
}

/** A record of a shard, without its image. */
export interface ShardRecord {
  readonly id: string;
  /** A class index or a class name, as the record states it; absent where unlabelled. */
  readonly label?: number | string;
  /** Record number in the file, from 0; a damaged record counts. */
  readonly record: number;
  /** Position in the index of the file, which has no damaged records. */
  readonly ordinal: number;
}

/** What the records of one file are, and where they lie. */
export interface ShardContent {
  readonly index: RecordIndex;
  readonly records: readonly ShardRecord[];
  readonly problems: readonly DatasetProblem[];
}

/** What {@link readShard} reads, with every default filled in. */
export interface ReadShardOptions {
  /** Feature of the name; null: ids are the file's name and the record's number. */
  readonly idFeature: string | null;
  readonly labelFeature: string;
  readonly onCorrupt: "throw" | "skip";
}

/**
 * Reads names and labels of all records with full checksums, and where they lie. Labels are int64 (class indices) or
 * bytes (class names or numbers, as text), alike in all records of a file. Throws a DataError (RECORD_UNREADABLE).
 */
export async function readShard(source: ShardSource, options: ReadShardOptions): Promise<ShardContent> {
  try {
    // Where the records lie comes first: a file that cannot be read by position is refused before all of it is read.
    const index = await buildIndex(source.access, { file: source.name, ...indexing(options) });
    const read = (label: typeof int | typeof string) => readRecords(source, options, index, label);
    try {
      return await read(int);
    } catch (error) {
      const text = isTFRecordError(error, "FEATURE_KIND") && error.feature === options.labelFeature;
      if (!text) throw error;
      return await read(string).catch((second: unknown) => {
        // Neither whole numbers nor text: the first message says what the feature holds.
        throw isTFRecordError(second, "FEATURE_KIND") ? error : second;
      });
    }
  } catch (cause) {
    throw recordError(cause, { file: source.name });
  }
}

/** Damage is passed over by the index in the same way as by the reader. */
function indexing({ onCorrupt }: ReadShardOptions) {
  return { onCorrupt, ...(onCorrupt === "skip" && { verify: "full" as const }) };
}

async function readRecords(
  source: ShardSource,
  { idFeature, labelFeature, onCorrupt }: ReadShardOptions,
  index: RecordIndex,
  labelType: typeof int | typeof string,
): Promise<ShardContent> {
  const { name } = source;
  const base = baseName(name);
  const fields = {
    ...(idFeature !== null && { [idFeature]: string() }),
    [labelFeature]: labelType({ optional: true }),
  };
  const problems: DatasetProblem[] = [];
  const skippedAt = new Set<number>();
  const found: Omit<ShardRecord, "ordinal">[] = [];
  let record = 0;
  const examples = readExamples(source.stream(), schema(fields), {
    file: name,
    onCorrupt,
    onSkip({ start, end, error }) {
      skippedAt.add(start);
      const message = `${reasonOf(error)} (${end - start} bytes skipped)`;
      problems.push({ kind: "corrupt-record", id: `${base}#${record}`, file: name, message });
      record++;
    },
  });
  for await (const example of examples) {
    const label = example[labelFeature] as number | string | undefined;
    const id = idFeature === null ? `${base}#${record}` : String(example[idFeature]);
    // Spelled out, here and below: V8 gives an object that is made by spreading a hidden class of its own (200 bytes).
    found.push(label === undefined ? { id, record } : { id, label, record });
    record++;
  }
  // A record that is intact but no Example is in the index; it has to be left out here.
  const ordinals = [...index.offsets.keys()].filter((at) => !skippedAt.has(index.offsets[at]!));
  if (ordinals.length !== found.length) {
    const message = `${name} changed while it was read (${found.length} records, then ${ordinals.length}): open it again`;
    throw new DataError("RECORD_UNREADABLE", message, { file: name });
  }
  const records = found.map(({ id, label, record }, at): ShardRecord => {
    const ordinal = ordinals[at]!;
    return label === undefined ? { id, record, ordinal } : { id, label, record, ordinal };
  });
  return { index, records, problems };
}

/** The last part of a path or an address, without what follows `?`. */
export function baseName(name: string): string {
  return name
    .replace(/[?#].*$/s, "")
    .split(/[\\/]/)
    .at(-1)!;
}

/** An error of reading records, as a DataError (RECORD_UNREADABLE); other errors pass. */
export function recordError(
  cause: unknown,
  { file, record, id }: { readonly file: string; readonly record?: number; readonly id?: string },
): unknown {
  if (isDataError(cause) || !isTFRecordError(cause)) return cause;
  const at = record ?? cause.record;
  const place = { file, ...(at !== undefined && { record: at }), ...(id !== undefined && { id }), cause };
  if (cause.code !== "COMPRESSED") return new DataError("RECORD_UNREADABLE", cause.message, place);
  const message = `${file} is compressed: images are read by their position in the file, which compression hides: decompress it first (gunzip, or pigz -d for zlib)`;
  return new DataError("RECORD_UNREADABLE", message, place);
}
