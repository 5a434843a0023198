/** A decoded image: RGB, row-major, 0-255. */
export interface RgbImage {
  /** Pixels across, at least 1. */
  readonly width: number;
  /** Pixels down, at least 1. */
  readonly height: number;
  /** `[height, width, 3]`. */
  readonly pixels: Uint8Array;
}

/** What a decoder is told beside the bytes, for its messages. */
export interface ImageOrigin {
  /** The file that holds the image. */
  readonly file: string;
  readonly id: string;
}

/** Decodes JPEG, PNG or WebP. */
export interface ImageDecoder {
  /** Identifies the decoder and its settings: equal ids give equal pixels for equal bytes. Part of cache keys. */
  readonly id: string;
  /** Throws a DataError (IMAGE_UNREADABLE, IMAGE_TOO_LARGE) that names `file` and `id`. */
  decode(bytes: Uint8Array, origin: ImageOrigin): Promise<RgbImage>;
}
