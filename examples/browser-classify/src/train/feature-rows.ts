import type { FeatureSet } from "@cassava/train";

/** The features of some images, in the order of `ids`. */
export function featureRows(set: FeatureSet, ids: readonly string[]): FeatureSet {
  const rowOf = new Map(set.ids.map((id, row) => [id, row]));
  const rows = ids.map((id) => rowOf.get(id)!);
  const features = new Float32Array(rows.length * set.width);
  for (const [i, row] of rows.entries()) {
    features.set(set.features.subarray(row * set.width, (row + 1) * set.width), i * set.width);
  }
  const { labels } = set;
  return { ...set, ids, features, ...(labels && { labels: Int32Array.from(rows, (row) => labels[row]!) }) };
}
