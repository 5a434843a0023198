import type { DatasetProblem } from "@cassava/contracts";
import { parseIndex, serializeIndex } from "@cassava/tfrecord/random-access";
import { baseName, type ReadShardOptions, type ShardContent, type ShardRecord } from "./read-shard.ts";

const format = "cassava-dataset-index";

/** What a shard's index is of: it is used only for the same. */
export interface ShardStamp {
  /** Path or address: ids of records without names hold its last part, and messages about damage all of it. */
  readonly name: string;
  /** Size of the file in bytes. */
  readonly byteLength: number;
  /**
   * When the file was last written, in milliseconds since 1970 (whole ones are compared: browsers know no finer time);
   * absent where that is not known, and then only the size is compared.
   */
  readonly modified?: number;
}

/** Options that decide what an index says. */
export type IndexedFeatures = Pick<ReadShardOptions, "idFeature" | "labelFeature">;

/**
 * Names, labels and positions of the records of one shard as JSON text, one line, about 60 bytes a record: what a data
 * set has to know before it reads an image.
 */
export function serializeShardIndex(content: ShardContent, stamp: ShardStamp, features: IndexedFeatures): string {
  const { index, records, problems } = content;
  const { idFeature, labelFeature } = features;
  return `${JSON.stringify({
    format,
    version: 1,
    name: stamp.name,
    byteLength: stamp.byteLength,
    ...(stamp.modified !== undefined && { modified: stamp.modified }),
    features: { id: idFeature, label: labelFeature },
    positions: serializeIndex(index),
    ids: records.map(({ id }) => id),
    labels: records.map(({ label }) => label ?? null),
    records: records.map(({ record }) => record),
    ordinals: records.map(({ ordinal }) => ordinal),
    problems,
  })}\n`;
}

/**
 * Reads what {@link serializeShardIndex} wrote. Undefined where it is of another file, of other features, of another
 * version, or damaged: an index is a cache, and is made again.
 */
export function parseShardIndex(text: string, stamp: ShardStamp, features: IndexedFeatures): ShardContent | undefined {
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const { idFeature, labelFeature } = features;
    const made = value.features as { readonly id?: unknown; readonly label?: unknown };
    const same =
      value.format === format &&
      value.version === 1 &&
      value.byteLength === stamp.byteLength &&
      (stamp.modified === undefined || Math.floor(Number(value.modified)) === Math.floor(stamp.modified)) &&
      made.id === idFeature &&
      made.label === labelFeature &&
      isText(value.name) &&
      baseName(value.name) === baseName(stamp.name);
    if (!same || typeof value.positions !== "string") return undefined;
    const index = parseIndex(value.positions);
    const { ids, labels, records, ordinals, problems } = value;
    if (!isList(ids, isText) || !isList(problems, isProblem)) return undefined;
    if (problems.length > 0 && value.name !== stamp.name) return undefined;
    if (!isList(labels, isLabel) || !isList(records, isNatural) || !isList(ordinals, isNatural)) return undefined;
    const fits = [labels, records, ordinals].every((list) => list.length === ids.length);
    if (!fits || ordinals.some((ordinal) => ordinal >= index.count)) return undefined;
    return {
      index,
      records: ids.map((id, at): ShardRecord => {
        const [label, record, ordinal] = [labels[at], records[at]!, ordinals[at]!];
        return label == null ? { id, record, ordinal } : { id, label, record, ordinal };
      }),
      problems,
    };
  } catch {
    return undefined;
  }
}

function isList<T>(value: unknown, of: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(of);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNatural = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isLabel = (value: unknown): value is string | number | null =>
  value === null || typeof value === "string" || typeof value === "number";

function isProblem(value: unknown): value is DatasetProblem {
  const { kind, id, file, message } = value as Readonly<Record<string, unknown>>;
  return kind === "corrupt-record" && isText(id) && isText(file) && isText(message);
}
