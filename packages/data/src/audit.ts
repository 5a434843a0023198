import type { Dataset, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import type { AuditNames, AuditReport, DuplicateGroup, UnreadableImage } from "./audit-report.ts";
import { placeOf } from "./dataset.ts";
import { isDataError, reasonOf } from "./errors.ts";
import { sha256 } from "./hash.ts";
import type { ImageDecoder } from "./image/image.ts";
import { orderedMap } from "./ordered-map.ts";

/** How {@link audit} looks. */
export interface AuditOptions {
  /** Decode every image, to find unreadable ones and sizes. Default: only read and hash. */
  readonly decode?: ImageDecoder;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Images read and decoded at the same time. Default 4. */
  readonly concurrency?: number;
}

/** What one look at an image found. */
interface Look {
  readonly entry: DatasetEntry;
  readonly hash?: string;
  readonly size?: { readonly width: number; readonly height: number };
  readonly reason?: string;
}

/**
 * Reads every image once, in constant memory, and reports what a run on this data set will meet. An unreadable image is
 * reported, not thrown; an aborted signal throws its reason, and a missing decoder (DataError DECODER_MISSING) is
 * thrown.
 */
export async function audit(dataset: Dataset, options: AuditOptions = {}): Promise<AuditReport> {
  const { decode, signal, onProgress, concurrency = 4 } = options;
  const total = dataset.entries.length;
  const unreadable: UnreadableImage[] = [];
  const sizes: NonNullable<Look["size"]>[] = [];
  const byHash = new Map<string, DatasetEntry[]>();
  let done = 0;
  for await (const { entry, hash, size, reason } of orderedMap(
    dataset.entries,
    Math.max(0, concurrency - 1),
    (entry) => look(dataset, entry, decode),
    signal,
  )) {
    if (hash !== undefined) byHash.set(hash, [...(byHash.get(hash) ?? []), entry]);
    if (size !== undefined) sizes.push(size);
    if (reason !== undefined) {
      const { id, file, record } = entry;
      unreadable.push({ id, file, ...(record !== undefined && { record }), reason });
    }
    done++;
    onProgress?.({ done, total });
  }
  const groups = duplicatesOf(byHash);
  const problems = (kind: DatasetProblem["kind"]): AuditNames => {
    const ids = dataset.problems.filter((problem) => problem.kind === kind).map(({ id }) => id);
    return { count: ids.length, ids };
  };
  return {
    version: 1,
    ...labelsOf(dataset),
    found: {
      rows: total + problems("row-without-image").count + problems("duplicate-id").count,
      images: total + problems("image-without-row").count,
    },
    rowsWithoutImage: problems("row-without-image"),
    imagesWithoutRow: problems("image-without-row"),
    otherProblems: dataset.problems.filter(({ kind }) => kind === "duplicate-id" || kind === "corrupt-record"),
    duplicates: { conflicts: groups.filter(({ conflict }) => conflict).length, groups },
    decoded: decode !== undefined,
    unreadable,
    sizes: sizesOf(sizes),
    shards: shardsOf(dataset),
  };
}

/** Group of each id that has a duplicate, for the `groups` of `split`: duplicates then never straddle two parts. */
export function duplicateGroups(report: Pick<AuditReport, "duplicates">): Map<string, string> {
  return new Map(report.duplicates.groups.flatMap(({ hash, ids }) => ids.map((id) => [id, hash] as const)));
}

async function look(dataset: Dataset, entry: DatasetEntry, decoder: ImageDecoder | undefined): Promise<Look> {
  let hash: string | undefined;
  try {
    const bytes = await dataset.read(entry);
    hash = await sha256(bytes);
    if (decoder === undefined) return { entry, hash };
    const { width, height } = await decoder.decode(bytes, { file: placeOf(entry), id: entry.id });
    return { entry, hash, size: { width, height } };
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
    labelEntropy: shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0),
  };
}

function duplicatesOf(byHash: ReadonlyMap<string, readonly DatasetEntry[]>): DuplicateGroup[] {
  const groups: DuplicateGroup[] = [];
  for (const [hash, entries] of byHash) {
    if (entries.length < 2) continue;
    const labels = entries.map(({ label }) => label ?? null);
    const conflict = new Set(labels.filter((label) => label !== null)).size > 1;
    groups.push({ hash, ids: entries.map(({ id }) => id), labels, conflict });
  }
  return groups;
}

function sizesOf(sizes: readonly { readonly width: number; readonly height: number }[]): AuditReport["sizes"] {
  if (sizes.length === 0) return null;
  const counts = new Map<string, number>();
  const range = { minWidth: Infinity, maxWidth: 0, minHeight: Infinity, maxHeight: 0 };
  for (const { width, height } of sizes) {
    const key = `${width}x${height}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    range.minWidth = Math.min(range.minWidth, width);
    range.maxWidth = Math.max(range.maxWidth, width);
    range.minHeight = Math.min(range.minHeight, height);
    range.maxHeight = Math.max(range.maxHeight, height);
  }
  return { counts: Object.fromEntries([...counts].sort((a, b) => b[1] - a[1])), ...range };
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
