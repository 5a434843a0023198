/** One class of a data set; its position in the list of classes is the class index. */
export interface ClassInfo {
  readonly index: number;
  readonly name: string;
}

/** One image of a data set, known without decoding it. */
export interface DatasetEntry {
  /** The image's name, unique in its data set: the key of splits and caches. */
  readonly id: string;
  /** Class index; absent where the image is unlabeled. */
  readonly label?: number;
  /** The file that holds it, for messages. */
  readonly file: string;
  /** Record number within `file`, from 0, where the file is a shard. */
  readonly record?: number;
}

/** Something that was left out of a data set, and why. Nothing is left out silently. */
export interface DatasetProblem {
  readonly kind: "row-without-image" | "image-without-row" | "duplicate-id" | "corrupt-record" | "unread-file";
  readonly id: string;
  readonly file: string;
  readonly message: string;
}

/** Images with known classes, labels and length; the encoded bytes are read one by one, on demand. */
export interface Dataset {
  readonly classes: readonly ClassInfo[];
  readonly entries: readonly DatasetEntry[];
  readonly problems: readonly DatasetProblem[];
  /** The encoded image (JPEG, PNG or WebP). */
  read(entry: DatasetEntry): Promise<Uint8Array>;
  close(): Promise<void>;
}
