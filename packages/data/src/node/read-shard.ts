import { basename } from "node:path";
import type { DatasetProblem } from "@cassava/contracts";
import { int, isTFRecordError, readExamples, schema, string } from "@cassava/tfrecord";
import { openFile, type TFRecordFile } from "@cassava/tfrecord/node";
import { buildIndex, type RecordIndex } from "@cassava/tfrecord/random-access";
import { DataError, reasonOf } from "../errors.ts";

/** A record of a shard, without its image. */
export interface ShardRecord {
  readonly id: string;
  readonly label?: number;
  /** Record number in the file, from 0; a damaged record counts. */
  readonly record: number;
  /** Position in the index of the file, which has no damaged records. */
  readonly ordinal: number;
}

/** One file: what its records are and where they lie. */
export interface Shard {
  readonly path: string;
  readonly access: TFRecordFile;
  readonly index: RecordIndex;
  readonly records: readonly ShardRecord[];
  readonly problems: readonly DatasetProblem[];
}

/** What {@link readShard} reads, with every default filled in. */
export interface ReadShardOptions {
  readonly nameFeature: string | null;
  readonly labelFeature: string;
  readonly onCorrupt: "throw" | "skip";
}

/**
 * Reads names and labels of all records with full checksums, and where they lie. Throws a DataError
 * (RECORD_UNREADABLE).
 */
export async function readShard(path: string, options: ReadShardOptions): Promise<Shard> {
  const { nameFeature, labelFeature, onCorrupt } = options;
  const fields = {
    ...(nameFeature !== null && { [nameFeature]: string() }),
    [labelFeature]: int({ optional: true }),
  };
  const problems: DatasetProblem[] = [];
  const skippedAt = new Set<number>();
  try {
    const access = openFile(path);
    const found: { id: string; label?: number; record: number }[] = [];
    let record = 0;
    const examples = readExamples(access, schema(fields), {
      onCorrupt,
      onSkip({ start, end, error }) {
        skippedAt.add(start);
        const id = `${basename(path)}#${record}`;
        const message = `${reasonOf(error)} (${end - start} bytes skipped)`;
        problems.push({ kind: "corrupt-record", id, file: path, message });
        record++;
      },
    });
    for await (const example of examples) {
      const label = example[labelFeature];
      const name = nameFeature === null ? `${basename(path)}#${record}` : example[nameFeature];
      found.push({ id: String(name), ...(label !== undefined && { label: Number(label) }), record });
      record++;
    }
    // Damage is passed over in the same way; a record that is intact but no Example has to be left out here.
    const index = await buildIndex(access, { onCorrupt, ...(onCorrupt === "skip" && { verify: "full" }) });
    const ordinals = [...index.offsets.keys()].filter((at) => !skippedAt.has(index.offsets[at]!));
    if (ordinals.length !== found.length) {
      const message = `${path} changed while it was read (${found.length} records, then ${ordinals.length}): open it again`;
      throw new DataError("RECORD_UNREADABLE", message, { file: path });
    }
    const records = found.map((one, at): ShardRecord => ({ ...one, ordinal: ordinals[at]! }));
    return { path, access, index, records, problems };
  } catch (cause) {
    throw recordError(cause, { file: path });
  }
}

/** An error of reading records, as a DataError (RECORD_UNREADABLE); other errors pass. */
export function recordError(
  cause: unknown,
  { file, record, id }: { readonly file: string; readonly record?: number; readonly id?: string },
): unknown {
  if (!isTFRecordError(cause)) return cause;
  const at = record ?? cause.record;
  const place = { file, ...(at !== undefined && { record: at }), ...(id !== undefined && { id }), cause };
  return new DataError("RECORD_UNREADABLE", cause.message, place);
}
