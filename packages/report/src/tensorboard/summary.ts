import type { HistogramBucket } from "./histogram.ts";

/** What every value of a summary has. */
export interface Tagged {
  /** Name of the series, such as `epoch_loss`; slashes group series. */
  readonly tag: string;
  readonly displayName?: string;
  /** Markdown. */
  readonly description?: string;
}

/** A number. It is written as float32, as TensorFlow does: what is greater than 3.4e38 becomes infinite. */
export interface ScalarValue extends Tagged {
  readonly kind: "scalar";
  readonly value: number;
}

/** Images of one size. */
export interface ImageValue extends Tagged {
  readonly kind: "image";
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Each a whole PNG or JPEG file. */
  readonly images: readonly Uint8Array[];
}

/** A distribution; {@link histogramBuckets} counts one. */
export interface HistogramValue extends Tagged {
  readonly kind: "histogram";
  readonly buckets: readonly HistogramBucket[];
}

/** Markdown. */
export interface TextValue extends Tagged {
  readonly kind: "text";
  readonly texts: readonly string[];
  /** Of the tensor of texts: `[]` for a single one; their product is the number of texts. Absent: `[]` for one text, else a list. */
  readonly shape?: readonly number[];
}

/** What this package does not know: audio, meshes, precision-recall curves, graphs. It is written again as it was read. */
export interface UnknownValue extends Tagged {
  readonly kind: "unknown";
  /** What it is, in words. */
  readonly what: string;
  /** Name of the TensorBoard plugin that it is for, where it says so. */
  readonly plugin?: string;
  /** The message `Summary.Value`. */
  readonly bytes: Uint8Array;
}

/** One value of a summary. */
export type SummaryValue = ScalarValue | ImageValue | HistogramValue | TextValue | UnknownValue;
