import type { DatasetEntry } from "@cassava/contracts";
import type { AuditReport, DuplicateGroup, NearDuplicateGroup, OutlierReport } from "../audit-report.ts";
import type { Measured } from "./measure-image.ts";
import { joinPairs, nearPairs } from "./near-duplicates.ts";
import { robustScale, robustZ } from "./outliers.ts";
import type { PerceptualHash } from "./perceptual-hash.ts";

/** An image that was read and measured. */
export interface Seen {
  readonly entry: DatasetEntry;
  /** SHA-256 of its bytes. */
  readonly hash: string;
  readonly measured: Measured;
}

/** Groups of equal bytes. */
export function duplicatesOf(byHash: ReadonlyMap<string, readonly DatasetEntry[]>): AuditReport["duplicates"] {
  const groups: DuplicateGroup[] = [];
  for (const [hash, entries] of byHash) {
    if (entries.length > 1) groups.push({ hash, ids: entries.map(({ id }) => id), ...labelsOf(entries) });
  }
  return { conflicts: groups.filter(({ conflict }) => conflict).length, groups };
}

/** Groups of look-alikes of which at least two differ in a byte. */
export function nearDuplicatesOf(seen: readonly Seen[], threshold: number): AuditReport["nearDuplicates"] {
  const hashed = seen.filter(({ measured }) => measured.hash !== undefined);
  const pairs = nearPairs(
    hashed.map(({ measured }): PerceptualHash => measured.hash!),
    threshold,
  );
  const furthest = new Map<number, number>();
  for (const { a, b, distance } of pairs)
    for (const at of [a, b]) furthest.set(at, Math.max(distance, furthest.get(at) ?? 0));
  const groups = joinPairs(pairs)
    .filter((group) => new Set(group.map((at) => hashed[at]!.hash)).size > 1)
    .map((group): NearDuplicateGroup => {
      const entries = group.map((at) => hashed[at]!.entry);
      const distance = Math.max(...group.map((at) => furthest.get(at)!));
      return { ids: entries.map(({ id }) => id), ...labelsOf(entries), distance };
    });
  return { threshold, conflicts: groups.filter(({ conflict }) => conflict).length, groups };
}

function labelsOf(entries: readonly DatasetEntry[]): Pick<DuplicateGroup, "labels" | "conflict"> {
  const labels = entries.map(({ label }) => label ?? null);
  return { labels, conflict: new Set(labels.filter((label) => label !== null)).size > 1 };
}

/** The darkest, lightest and most blurred of at least one image. */
export function outliersOf(seen: readonly Seen[], threshold: number): AuditReport["outliers"] {
  return {
    brightness: outliers(
      seen,
      threshold,
      ({ brightness }) => brightness,
      (z) => Math.abs(z),
    ),
    sharpness: outliers(
      seen,
      threshold,
      ({ sharpness }) => sharpness,
      (z) => -z,
      // Sharpness varies by factors, not by steps.
      Math.log1p,
      Math.expm1,
    ),
  };
}

/** Images whose `badness` of z reaches the threshold; z is of the values as `forth` maps them. */
function outliers(
  seen: readonly Seen[],
  threshold: number,
  measure: (measured: Measured) => number,
  badness: (z: number) => number,
  forth: (value: number) => number = (value) => value,
  back: (value: number) => number = (value) => value,
): OutlierReport {
  const values = seen.map(({ measured }) => measure(measured));
  const scale = robustScale(values.map(forth));
  const images = seen
    .map(({ entry }, at) => ({ id: entry.id, value: values[at]!, z: robustZ(forth(values[at]!), scale) }))
    .filter(({ z }) => badness(z) >= threshold)
    .sort((a, b) => badness(b.z) - badness(a.z))
    .map(({ id, value, z }) => ({ id, value: round(value), z: round(z) }));
  return { median: round(back(scale.median)), threshold, images };
}

/** To two decimals: more is noise. */
const round = (value: number): number => Math.round(value * 100) / 100;

/** Sizes and aspects; null where nothing was measured. */
export function sizesOf(sizes: readonly Pick<Measured, "width" | "height">[]): AuditReport["sizes"] {
  if (sizes.length === 0) return null;
  const counts = new Map<string, number>();
  const aspects = new Map<string, number>();
  const range = { minWidth: Infinity, maxWidth: 0, minHeight: Infinity, maxHeight: 0 };
  const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  for (const { width, height } of sizes) {
    add(counts, `${width}x${height}`);
    add(aspects, (width / height).toFixed(2));
    range.minWidth = Math.min(range.minWidth, width);
    range.maxWidth = Math.max(range.maxWidth, width);
    range.minHeight = Math.min(range.minHeight, height);
    range.maxHeight = Math.max(range.maxHeight, height);
  }
  return { counts: byFrequency(counts), aspects: byFrequency(aspects), ...range };
}

function byFrequency(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
}
