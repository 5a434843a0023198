import type { DatasetProblem } from "@cassava/contracts";
import type { UnreadFiles } from "./files/unread-files.ts";
import type { Association } from "./split/cramers-v.ts";

/** A list of names with its length, as {@link AuditReport} reports what was left out. */
export interface AuditNames {
  readonly count: number;
  readonly ids: readonly string[];
}

/** Images whose encoded bytes are equal. */
export interface DuplicateGroup {
  /** SHA-256 of the bytes, hexadecimal. */
  readonly hash: string;
  /** At least two, in the order of the data set. */
  readonly ids: readonly string[];
  /** Class index of each id; null where unlabelled. */
  readonly labels: readonly (number | null)[];
  /** True where two labels differ: at least one of them is wrong. */
  readonly conflict: boolean;
}

/** Images that look alike but are not equal in every byte: another encoding, size or exposure of one photograph. */
export interface NearDuplicateGroup {
  /** At least two, in the order of the data set; joined by near pairs, directly or over others. */
  readonly ids: readonly string[];
  /** Class index of each id; null where unlabelled. */
  readonly labels: readonly (number | null)[];
  /** True where two labels differ. */
  readonly conflict: boolean;
  /** Largest distance of the pairs that join the group, in bits of 64. */
  readonly distance: number;
}

/** Images whose measurement lies far from all others. */
export interface OutlierReport {
  /** In the unit of the measurement. */
  readonly median: number;
  /** Robust z-score from which an image is listed. */
  readonly threshold: number;
  /** The furthest first. */
  readonly images: readonly { readonly id: string; readonly value: number; readonly z: number }[];
}

/** An image that could not be read or decoded. */
export interface UnreadableImage {
  readonly id: string;
  readonly file: string;
  readonly record?: number;
  readonly reason: string;
}

/** What {@link audit} found; plain JSON. */
export interface AuditReport {
  readonly version: 1;
  readonly images: { readonly total: number; readonly labelled: number; readonly unlabelled: number };
  /**
   * What lies there, before anything was left out: rows of the CSV (records of the shards, images of the folders), and image files
   * or records.
   */
  readonly found: { readonly rows: number; readonly images: number };
  /** `share` is of the labelled images, 0 to 1 (0 where none is labelled). */
  readonly classes: readonly {
    readonly index: number;
    readonly name: string;
    readonly count: number;
    readonly share: number;
  }[];
  /**
   * The most frequent class, the first of equals: what a model that learned nothing answers. Null where nothing is
   * labelled.
   */
  readonly majority: { readonly class: number; readonly name: string; readonly share: number } | null;
  /** Entropy of the class shares in nats, -Σ p ln p: the log loss of a model that learned only the shares. */
  readonly labelEntropy: number;
  readonly rowsWithoutImage: AuditNames;
  readonly imagesWithoutRow: AuditNames;
  /** Files among the images that are no JPEG, PNG or WebP by their names; they are not among `found`. */
  readonly unreadFiles: UnreadFiles;
  /** Everything else that was left out: repeated ids, corrupt records. */
  readonly otherProblems: readonly DatasetProblem[];
  readonly duplicates: {
    /** Number of groups whose labels disagree. */
    readonly conflicts: number;
    readonly groups: readonly DuplicateGroup[];
  };
  /**
   * By perceptual hash: of its two hashes of 64 bits, at most `threshold` bits differ in each. Finds what was encoded,
   * resized or exposed anew, and cut by a percent or two; not what was mirrored, turned or cropped by more. It can err: smooth
   * pictures of like layout may be taken for one, so look before you delete. Null where nothing was decoded.
   */
  readonly nearDuplicates: {
    readonly threshold: number;
    /** Number of groups whose labels disagree. */
    readonly conflicts: number;
    readonly groups: readonly NearDuplicateGroup[];
  } | null;
  /**
   * Images far from the middle of the data set by their robust z-score (median and median absolute deviation). Null
   * where nothing was decoded.
   */
  readonly outliers: {
    /** Mean luma, 0 to 255; listed are the darkest and the lightest. */
    readonly brightness: OutlierReport;
    /**
     * Variance of the Laplacian of the luma, longer side at 256 pixels, in squared levels; z is of its logarithm. Listed
     * are the most blurred.
     */
    readonly sharpness: OutlierReport;
  } | null;
  /** True where every image was decoded: only then are `sizes` known, and is `unreadable` more than failed reads. */
  readonly decoded: boolean;
  readonly unreadable: readonly UnreadableImage[];
  /** In pixels, after the EXIF orientation where the decoder applies it; null where nothing was decoded. */
  readonly sizes: {
    /** Images of each size, `"800x600"` (width x height), the most frequent first. */
    readonly counts: Readonly<Record<string, number>>;
    /** Images of each aspect, width over height with two decimals, "1.33", the most frequent first. */
    readonly aspects: Readonly<Record<string, number>>;
    readonly minWidth: number;
    readonly maxWidth: number;
    readonly minHeight: number;
    readonly maxHeight: number;
  } | null;
  /** Class counts of each shard; empty where the data set is not made of shards. */
  readonly shards: readonly {
    readonly file: string;
    readonly total: number;
    readonly unlabelled: number;
    readonly counts: readonly number[];
  }[];
  /**
   * Whether shards differ in their class shares: Pearson's test on the table of shards and classes. Where they do, a
   * split by shard and a shuffle of shards alone are skewed. Null where there are fewer than two shards.
   */
  readonly shardSkew: Association | null;
}
