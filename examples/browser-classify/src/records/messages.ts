/** What the page asks of the thread that reads records, and what it answers: plain data and Blobs, which are not copied. */

/** One feature of a record, for people. */
export interface FeatureView {
  readonly name: string;
  /** As `tf.train.Feature` has it. */
  readonly kind: "bytes" | "float" | "int64" | "none";
  /** Its values in words, cut where they are long. */
  readonly text: string;
  /** Where it holds one image. */
  readonly image?: Blob;
}

/** One record, decoded. */
export interface RecordView {
  /** Number in the file, from 0. */
  readonly index: number;
  /** A name found in the record, else its number. */
  readonly name: string;
  readonly byteLength: number;
  readonly features: readonly FeatureView[];
  /** Why it could not be decoded; then it has no features. */
  readonly problem?: string;
}

/** One feature over all records of a file. */
export interface FeatureColumn {
  readonly name: string;
  readonly kinds: string;
  /** Records that have it. */
  readonly present: number;
  /** Its sizes, range or most frequent values, in words. */
  readonly text: string;
}

/** A file that was read to its end. */
export interface FileView {
  readonly name: string;
  readonly records: number;
  readonly byteLength: number;
  readonly columns: readonly FeatureColumn[];
  /** Damaged ranges, in words. */
  readonly damage: readonly string[];
  /** A schema of @cassava/tfrecord that fits the file. */
  readonly schema: string;
}

export type Request = { readonly id: number } & (
  | { readonly type: "open"; readonly file: File }
  | { readonly type: "page"; readonly from: number; readonly to: number }
);

export type Answer =
  | { readonly type: "progress"; readonly share: number }
  | { readonly type: "done"; readonly id: number; readonly result: FileView | readonly RecordView[] }
  | { readonly type: "failed"; readonly id: number; readonly message: string };
