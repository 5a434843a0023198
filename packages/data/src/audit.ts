import type { Dataset, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import { type Measured, measureImage } from "./audit/measure-image.ts";
import { mostDistance } from "./audit/near-duplicates.ts";
import { duplicatesOf, nearDuplicatesOf, outliersOf, sizesOf } from "./audit/summarize.ts";
import type { AuditNames, AuditReport, UnreadableImage } from "./audit-report.ts";
import { placeOf } from "./dataset.ts";
import { DataError, isDataError, reasonOf } from "./errors.ts";
import { unreadFiles } from "./files/unread-files.ts";
import { sha256 } from "./hash.ts";
import type { ImageDecoder } from "./image/image.ts";
import { orderedMap } from "./ordered-map.ts";
import { associationOf } from "./split/cramers-v.ts";
import { mergeGroups } from "./split/groups.ts";

/** How {@link audit} looks. */
export interface AuditOptions {
  /**
   * Decode every image, to find unreadable ones, sizes, look-alikes and outliers. Default: only read and hash, which is
   * many times faster.
   */
  readonly decode?: ImageDecoder;
  /**
   * Bits of 64 by which the perceptual hashes of look-alikes may differ, an integer from 0 to 10. Default 6: of 571,915
   * pairs of different cassava photographs none was within 13 bits; half the size, another aspect, JPEG quality 50 or 15 %
   * more light moved none of 214 by more than 4, cutting 1 % off each side moved one in a hundred by more than 6.
   */
  readonly nearDistance?: number;
  /** Robust z-score from which brightness and sharpness are outlying, above 0. Default 3.5 (Iglewicz and Hoaglin). */
  readonly outlierZ?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Images read and decoded at the same time. Default 4. */
  readonly concurrency?: number;
}

/** What one look at an image found. */
interface Look {
  readonly entry: DatasetEntry;
  readonly hash?: string;
  readonly measured?: Measured;
  readonly reason?: string;
}

/**
 * Reads every image once and reports what a run on this data set will meet. Memory holds a few hundred bytes for each
 * image, and the pixels of `concurrency` of them. An unreadable image is reported, not thrown; an aborted signal throws
 * its reason, and a missing decoder (DataError DECODER_MISSING) is thrown. Throws a DataError (OPTION_INVALID) for
 * options out of range.
 */
export async function audit(dataset: Dataset, options: AuditOptions = {}): Promise<AuditReport> {
  const { decode, nearDistance = 6, outlierZ = 3.5, signal, onProgress, concurrency = 4 } = options;
  checkOptions(nearDistance, outlierZ);
  const total = dataset.entries.length;
  const unreadable: UnreadableImage[] = [];
  const seen: { entry: DatasetEntry; hash: string; measured: Measured }[] = [];
  // An array for each hash would be one for each image: only what occurs twice has one.
  const firstOf = new Map<string, DatasetEntry>();
  const equals = new Map<string, DatasetEntry[]>();
  let done = 0;
  for await (const { entry, hash, measured, reason } of orderedMap(
    dataset.entries,
    Math.max(0, concurrency - 1),
    (entry) => look(dataset, entry, decode),
    signal,
  )) {
    if (hash !== undefined) {
      const first = firstOf.get(hash);
      const equal = equals.get(hash);
      if (first === undefined) firstOf.set(hash, entry);
      else if (equal === undefined) equals.set(hash, [first, entry]);
      else equal.push(entry);
      if (measured !== undefined) seen.push({ entry, hash, measured });
    }
    if (reason !== undefined) {
      const { id, file, record } = entry;
      unreadable.push({ id, file, ...(record !== undefined && { record }), reason });
    }
    done++;
    onProgress?.({ done, total });
  }
  const problems = (kind: DatasetProblem["kind"]): AuditNames => {
    const ids = dataset.problems.filter((problem) => problem.kind === kind).map(({ id }) => id);
    return { count: ids.length, ids };
  };
  const shards = shardsOf(dataset);
  return {
    version: 1,
    ...labelsOf(dataset),
    found: {
      rows: total + problems("row-without-image").count + problems("duplicate-id").count,
      images: total + problems("image-without-row").count,
    },
    rowsWithoutImage: problems("row-without-image"),
    imagesWithoutRow: problems("image-without-row"),
    unreadFiles: unreadFiles(dataset.problems),
    otherProblems: dataset.problems.filter(({ kind }) => kind === "duplicate-id" || kind === "corrupt-record"),
    duplicates: duplicatesOf(inOrder(equals, firstOf.keys())),
    nearDuplicates: decode === undefined ? null : nearDuplicatesOf(seen, nearDistance),
    outliers: seen.length === 0 ? null : outliersOf(seen, outlierZ),
    decoded: decode !== undefined,
    unreadable,
    sizes: sizesOf(seen.map(({ measured }) => measured)),
    shards,
    shardSkew: shards.length < 2 ? null : associationOf(shards.map(({ counts }) => counts)),
  };
}

/** The entries of `map` in the order of `keys`. */
function inOrder<K, V>(map: ReadonlyMap<K, V>, keys: Iterable<K>): Map<K, V> {
  const ordered = new Map<K, V>();
  for (const key of keys) {
    const value = map.get(key);
    if (value !== undefined) ordered.set(key, value);
  }
  return ordered;
}

/** Group of each id that has a duplicate, for the `groups` of `split`: duplicates then never straddle two parts. */
export function duplicateGroups(report: Pick<AuditReport, "duplicates">): Map<string, string> {
  return new Map(report.duplicates.groups.flatMap(({ hash, ids }) => ids.map((id) => [id, hash] as const)));
}

/**
 * Group of each id that has a duplicate *or a look-alike*, for the `groups` of `split`. Look-alikes are known where the
 * audit decoded; elsewhere these are the groups of {@link duplicateGroups}, numbered.
 */
export function lookAlikeGroups(report: Pick<AuditReport, "duplicates" | "nearDuplicates">): Map<string, number> {
  const near = report.nearDuplicates?.groups ?? [];
  return mergeGroups(
    duplicateGroups(report),
    new Map(near.flatMap(({ ids }, group) => ids.map((id) => [id, group] as const))),
  );
}

function checkOptions(nearDistance: number, outlierZ: number): void {
  if (!(Number.isInteger(nearDistance) && nearDistance >= 0 && nearDistance <= mostDistance)) {
    const message = `audit: nearDistance is ${nearDistance}: use an integer from 0 to ${mostDistance}`;
    throw new DataError("OPTION_INVALID", message);
  }
  if (!(outlierZ > 0)) {
    throw new DataError("OPTION_INVALID", `audit: outlierZ is ${outlierZ}: use a number above 0`);
  }
}

async function look(dataset: Dataset, entry: DatasetEntry, decoder: ImageDecoder | undefined): Promise<Look> {
  let hash: string | undefined;
  try {
    const bytes = await dataset.read(entry);
    hash = await sha256(bytes);
    if (decoder === undefined) return { entry, hash };
    const image = await decoder.decode(bytes, { file: placeOf(entry), id: entry.id });
    return { entry, hash, measured: measureImage(image) };
  } catch (error) {
    // These say nothing about the image: every other image would fail the same way.
    if (isDataError(error, "DECODER_MISSING") || isDataError(error, "DATASET_CLOSED")) throw error;
    return { entry, ...(hash !== undefined && { hash }), reason: reasonOf(error) };
  }
}

function labelsOf({
  classes,
  entries,
}: Dataset): Pick<AuditReport, "images" | "classes" | "majority" | "labelEntropy"> {
  const counts = classes.map(() => 0);
  for (const { label } of entries) if (label !== undefined) counts[label]!++;
  const labelled = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => (labelled === 0 ? 0 : count / labelled));
  const most = shares.indexOf(Math.max(...shares));
  return {
    images: { total: entries.length, labelled, unlabelled: entries.length - labelled },
    classes: classes.map(({ index, name }) => ({ index, name, count: counts[index]!, share: shares[index]! })),
    majority: labelled === 0 ? null : { class: most, name: classes[most]!.name, share: shares[most]! },
    // Engines differ in the last bits of logarithms; twelve digits are the same everywhere.
    labelEntropy: Number(
      shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0).toPrecision(12),
    ),
  };
}

function shardsOf({ classes, entries }: Dataset): AuditReport["shards"] {
  const shards = new Map<string, { total: number; unlabelled: number; counts: number[] }>();
  for (const { file, record, label } of entries) {
    if (record === undefined) continue;
    let shard = shards.get(file);
    if (shard === undefined) {
      shard = { total: 0, unlabelled: 0, counts: classes.map(() => 0) };
      shards.set(file, shard);
    }
    shard.total++;
    if (label === undefined) shard.unlabelled++;
    else shard.counts[label]!++;
  }
  return [...shards].map(([file, shard]) => ({ file, ...shard }));
}
