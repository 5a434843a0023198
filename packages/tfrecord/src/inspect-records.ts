import { isTFRecordError } from "./errors.ts";
import { decodeExample } from "./example.ts";
import type { Feature, FeatureKind } from "./feature.ts";
import { openRecords, type ReadRecordsOptions } from "./read-records.ts";
import type { SkippedRange } from "./skipped-range.ts";
import type { ByteSource } from "./source.ts";
import { isPrintable } from "./text.ts";

/** Smallest, largest and mean of something counted. */
export interface Extent {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/** What the records of a file say about one feature. */
export interface FeatureSummary {
  readonly name: string;
  /** Number of records in which it has each kind; kinds that do not occur are absent. */
  readonly kinds: { readonly [kind in FeatureKind]?: number };
  /** Number of records that have it. */
  readonly present: number;
  /** Values per record that has it. */
  readonly valueCount: Extent;
  /** Bytes per value, where it holds bytes. */
  readonly byteSize?: Extent;
  /** Whether every value is printable UTF-8 text, where it holds bytes. */
  readonly text?: boolean;
  /** Range of the values, where it holds numbers. Integers beyond 2^53 are rounded. */
  readonly range?: { readonly min: number; readonly max: number };
  /** Occurrences of each int64 value in ascending order, where there are at most `maxDistinct`. */
  readonly counts?: ReadonlyMap<bigint, number>;
}

export interface RecordsSummary {
  readonly file?: string | undefined;
  /** Intact records. */
  readonly records: number;
  /** Bytes read, decompressed; records take 16 bytes beside their data. */
  readonly byteLength: number;
  /** Bytes of data per record. */
  readonly recordSize: Extent;
  /** Intact records that are not Examples; their features are not counted. */
  readonly notExamples: number;
  /** In the order in which the names first occur. */
  readonly features: readonly FeatureSummary[];
  /** Ranges that hold no intact record, with the reason. */
  readonly corrupt: readonly SkippedRange[];
}

export interface InspectOptions extends Omit<ReadRecordsOptions, "onCorrupt"> {
  /** Count the occurrences of int64 values up to so many different ones. Default 100. */
  readonly maxDistinct?: number;
}

/**
 * Reads a file to its end, past any damage, and summarizes it: records, features, corrupt ranges. Memory is constant but
 * for the list of corrupt ranges.
 *
 * @throws TFRecordError NOT_TFRECORD, SOURCE_UNREADABLE
 */
export async function inspectRecords(source: ByteSource, options: InspectOptions = {}): Promise<RecordsSummary> {
  const { maxDistinct = 100 } = options;
  const corrupt: SkippedRange[] = [];
  const onSkip = (range: SkippedRange) => {
    corrupt.push(range);
    options.onSkip?.(range);
  };
  const features = new Map<string, FeatureTally>();
  const sizes = new Tally();
  let notExamples = 0;
  const reader = openRecords(source, { ...options, onCorrupt: "skip", onSkip });
  try {
    for (;;) {
      const data = reader.take() ?? (await reader.next());
      if (data === undefined) break;
      sizes.add(data.length);
      try {
        for (const [name, feature] of decodeExample(data)) {
          const tally = features.get(name) ?? new FeatureTally(name, maxDistinct);
          features.set(name, tally);
          tally.add(feature);
        }
      } catch (error) {
        if (!isTFRecordError(error, "EXAMPLE_MALFORMED")) throw error;
        notExamples++;
      }
    }
    return {
      file: reader.file,
      records: sizes.count,
      byteLength: reader.endOffset,
      recordSize: sizes.extent(),
      notExamples,
      features: Array.from(features.values(), (tally) => tally.summary()),
      corrupt,
    };
  } finally {
    await reader.close();
  }
}

class Tally {
  count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #sum = 0;

  add(value: number): void {
    this.count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  extent(): Extent {
    return this.count === 0
      ? { min: 0, max: 0, mean: 0 }
      : { min: this.#min, max: this.#max, mean: this.#sum / this.count };
  }
}

class FeatureTally {
  readonly #name: string;
  readonly #maxDistinct: number;
  readonly #kinds: { [kind in FeatureKind]?: number } = {};
  readonly #valueCount = new Tally();
  readonly #byteSize = new Tally();
  readonly #numbers = new Tally();
  #text = true;
  #counts: Map<bigint, number> | undefined = new Map();

  constructor(name: string, maxDistinct: number) {
    this.#name = name;
    this.#maxDistinct = maxDistinct;
  }

  add(feature: Feature): void {
    this.#kinds[feature.kind] = (this.#kinds[feature.kind] ?? 0) + 1;
    this.#valueCount.add(feature.kind === "none" ? 0 : feature.value.length);
    if (feature.kind === "bytes") {
      for (const value of feature.value) {
        this.#byteSize.add(value.length);
        this.#text &&= isPrintable(value);
      }
    }
    if (feature.kind === "float") for (const value of feature.value) this.#numbers.add(value);
    if (feature.kind === "int64") for (const value of feature.value) this.#addInteger(value);
  }

  #addInteger(value: bigint): void {
    this.#numbers.add(Number(value));
    const counts = this.#counts;
    if (counts === undefined) return;
    const count = counts.get(value);
    if (count === undefined && counts.size >= this.#maxDistinct) this.#counts = undefined;
    else counts.set(value, (count ?? 0) + 1);
  }

  summary(): FeatureSummary {
    const { min, max } = this.#numbers.extent();
    const counts = this.#counts;
    return {
      name: this.#name,
      kinds: this.#kinds,
      present: this.#valueCount.count,
      valueCount: this.#valueCount.extent(),
      ...(this.#byteSize.count > 0 ? { byteSize: this.#byteSize.extent(), text: this.#text } : {}),
      ...(this.#numbers.count > 0 ? { range: { min, max } } : {}),
      ...(counts !== undefined && counts.size > 0
        ? { counts: new Map([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) }
        : {}),
    };
  }
}
