import type { ClassInfo } from "./dataset.ts";

/** Images in flight. RGB, 0-255, in the order of `ids`. */
export interface Batch {
  /** Image names, unique in a data set: the key of splits and caches. */
  readonly ids: readonly string[];
  /** `[n, height, width, 3]`, row-major, 0-255. */
  readonly images: Uint8Array | Float32Array;
  readonly shape: readonly [n: number, height: number, width: number, channels: 3];
  /** `[n]` class indices; absent where unlabeled. */
  readonly labels?: Int32Array;
  /** `[n, classes]` soft targets (mixup), in place of labels. */
  readonly targets?: Float32Array;
  /** `[n]` augmentation view, 0 = plain. */
  readonly views: Int32Array;
  /** `[n]` content hash of the encoded image. */
  readonly hashes: readonly string[];
}

/** A batch whose images are read but not decoded: enough to look its features up in a cache. */
export interface EncodedBatch {
  readonly ids: readonly string[];
  /** `[n]` class indices; absent where unlabeled. */
  readonly labels?: Int32Array;
  /** `[n, classes]` soft targets where images are mixed; those of the decoded batch. */
  readonly targets?: Float32Array;
  readonly views: Int32Array;
  readonly hashes: readonly string[];
  decode(): Promise<Batch>;
}

/** Batches of one split; the same epoch gives the same batches, whatever the number of workers. */
export interface BatchSource {
  readonly classes: readonly ClassInfo[];
  /** Number of images in an epoch. */
  readonly size: number;
  /** Identifies decoder, resize and size: equal hashes under equal `pixels` give equal images in view 0. Part of cache keys. */
  readonly pixels: string;
  /**
   * Identifies what makes the views above 0: policy and seed. Equal ids, hashes and views under equal `pixels` and
   * `augmentation` give equal images; a view is drawn for the *id*, so that two images of one hash differ in it. Part of cache
   * keys of views above 0; absent where every view is 0.
   */
  readonly augmentation?: string;
  /** Decoded batches, read ahead while the consumer works. Epochs count from 0. */
  batches(epoch: number, signal?: AbortSignal): AsyncIterable<Batch>;
  /** The same batches, each decoded only on request. */
  encoded(epoch: number, signal?: AbortSignal): AsyncIterable<EncodedBatch>;
}
