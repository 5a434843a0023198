import { ReportError } from "../errors.ts";
import { delimited, eachField, fixed64, readAll } from "./fields.ts";

/** One bucket: `count` values from `left` on up to `right`, which belongs to the last bucket only. */
export interface HistogramBucket {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** As many as `tf.summary.histogram` makes. */
const DEFAULT_BUCKETS = 30;

/**
 * Counts values in buckets of equal width between the least and the greatest, as `tf.summary.histogram` of TensorFlow 2 does
 * (tensorboard/plugins/histogram/summary_v2.py). No values: all buckets are `{ left: 0, right: 0, count: 0 }`; all values equal: every
 * bucket is a point at the value, and the last one holds them. NaN and infinities lie in no bucket: the sum of the counts is the number of
 * finite values.
 *
 * @param buckets a whole number from 1; default 30
 * @throws {ReportError} `INPUT_INVALID`
 */
export function histogramBuckets(values: ArrayLike<number>, buckets = DEFAULT_BUCKETS): HistogramBucket[] {
  if (!(Number.isSafeInteger(buckets) && buckets >= 1)) {
    throw new ReportError("INPUT_INVALID", `a histogram has a whole number of buckets from 1; got ${buckets}`);
  }
  let [least, greatest, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    finite++;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const counts = new Array<number>(buckets).fill(0);
  const last = buckets - 1;
  if (finite === 0) return counts.map((count) => ({ left: 0, right: 0, count }));
  // Halved where the range is more than a double holds.
  const scale = greatest - least < Number.POSITIVE_INFINITY ? 1 : 0.5;
  const start = least * scale;
  const width = (greatest * scale - start) / buckets;
  // All are equal, or too close for a width.
  if (width === 0) {
    counts[last] = finite;
    return counts.map((count) => ({ left: greatest, right: greatest, count }));
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) counts[Math.min(Math.floor((value * scale - start) / width), last)]!++;
  }
  // As tf.linspace, whose last edge is set to the greatest value; widths that were rounded up must not lead beyond it.
  const edge = (i: number) => (i > last ? greatest : Math.min((start + width * i) / scale, greatest));
  return counts.map((count, i) => ({ left: edge(i), right: edge(i + 1), count }));
}

const [MIN, MAX] = [fixed64(1), fixed64(2)];
const [LIMIT, LIMITS, COUNT, COUNTS] = [fixed64(6), delimited(6), fixed64(7), delimited(7)];

/**
 * Buckets of a `HistogramProto` (tensorflow/core/framework/histogram.proto), which writers of version 1 use. Its outermost limits may be the
 * greatest doubles: as TensorBoard does, empty buckets at both ends are left out, and the ends become the least and the greatest value.
 *
 * @throws {Error} where it is malformed
 */
export function decodeHistogramProto(bytes: Uint8Array): HistogramBucket[] {
  let [min, max] = [0, 0];
  const [limits, counts]: [number[], number[]] = [[], []];
  eachField(bytes, (key, reader) => {
    if (key === MIN) min = reader.double();
    else if (key === MAX) max = reader.double();
    else if (key === LIMIT) limits.push(reader.double());
    else if (key === COUNT) counts.push(reader.double());
    else if (key === LIMITS) readAll(reader.bytes(), (packed) => packed.double(), limits);
    else if (key === COUNTS) readAll(reader.bytes(), (packed) => packed.double(), counts);
    else return false;
    return true;
  });
  if (limits.length !== counts.length) {
    throw new Error(`a histogram of ${limits.length} limits has ${counts.length} counts`);
  }
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) return [];
  const last = counts.findLastIndex((count) => count > 0);
  return counts.slice(first, last + 1).map((count, i) => ({
    left: i === 0 ? min : limits[first + i - 1]!,
    right: first + i === last ? max : limits[first + i]!,
    count,
  }));
}
