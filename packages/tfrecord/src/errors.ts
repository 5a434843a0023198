/** What went wrong. The codes are part of the public API: match on them, not on messages. */
export type TFRecordErrorCode =
  /** 1 to 11 bytes are left where a record's 12-byte header should be. */
  | "HEADER_TRUNCATED"
  /** The header promises more bytes than the source has. */
  | "DATA_TRUNCATED"
  /** The checksum of a length is wrong: where the next record starts is unknown. */
  | "LENGTH_CRC_MISMATCH"
  /** The checksum of a record's data is wrong. */
  | "DATA_CRC_MISMATCH"
  /** Only zeros are left: the file was preallocated and its writer never closed. */
  | "ZERO_TAIL"
  /** A record is longer than `maxRecordBytes`. */
  | "LENGTH_LIMIT"
  /** The bytes are something else: an HTML page, a Git LFS pointer, an image, an archive. */
  | "NOT_TFRECORD"
  /** The file is compressed, and the operation needs random access. */
  | "COMPRESSED"
  /** The compressed stream is damaged or cut short. */
  | "DECOMPRESSION_FAILED"
  /** A record is not a well-formed `tf.train.Example` (or `SequenceExample`) message. */
  | "EXAMPLE_MALFORMED"
  /** A feature that the schema requires is absent. */
  | "FEATURE_MISSING"
  /** A feature holds another kind of values than the schema says. */
  | "FEATURE_KIND"
  /** A feature that the schema calls a single value holds none, or several. */
  | "FEATURE_COUNT"
  /** A string feature is not valid UTF-8. */
  | "FEATURE_UTF8"
  /** An integer does not fit: beyond ±(2^53 - 1) as a number, or beyond 64 bits. */
  | "INT_RANGE"
  /** A record index does not belong to the file, or is malformed. */
  | "INDEX_MISMATCH"
  /** A file or address cannot be read. */
  | "SOURCE_UNREADABLE"
  /** No file matches the patterns. */
  | "NO_FILES"
  /** A file cannot be written. */
  | "WRITE_FAILED"
  /** An argument is out of its range. */
  | "INVALID_ARGUMENT";

/** Where an error happened, as far as it is known. */
export interface TFRecordErrorPlace {
  /** Name of the file or address. */
  readonly file?: string | undefined;
  /** Record number within the file, from 0. */
  readonly record?: number | undefined;
  /** Offset in bytes from the start of the file (of the decompressed bytes where the file is compressed). */
  readonly byteOffset?: number | undefined;
  /** Name of the feature. */
  readonly feature?: string | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package. The message is one line: place, problem, what to do. */
export class TFRecordError extends Error {
  override readonly name = "TFRecordError";
  readonly code: TFRecordErrorCode;
  /** The message without the place. */
  readonly problem: string;
  readonly file: string | undefined;
  readonly record: number | undefined;
  readonly byteOffset: number | undefined;
  readonly feature: string | undefined;

  constructor(code: TFRecordErrorCode, problem: string, place: TFRecordErrorPlace = {}) {
    const where = describePlace(place);
    super(where ? `${where}: ${problem}` : problem, "cause" in place ? { cause: place.cause } : undefined);
    this.code = code;
    this.problem = problem;
    this.file = place.file;
    this.record = place.record;
    this.byteOffset = place.byteOffset;
    this.feature = place.feature;
  }
}

function describePlace({ file, record, byteOffset, feature }: TFRecordErrorPlace): string {
  const parts = [
    file,
    record !== undefined && `record ${record}`,
    byteOffset !== undefined && `byte ${byteOffset}`,
    feature !== undefined && `feature ${JSON.stringify(feature)}`,
  ];
  return parts.filter((part) => typeof part === "string").join(", ");
}

/** True for a `TFRecordError`, of that code where one is given; also across two copies of this package. */
export function isTFRecordError(error: unknown, code?: TFRecordErrorCode): error is TFRecordError {
  return (
    error instanceof Error &&
    error.name === "TFRecordError" &&
    (code === undefined || (error as TFRecordError).code === code)
  );
}

/** The same error with the missing parts of its place filled in; anything else is returned as it is. */
export function placeError(error: unknown, place: TFRecordErrorPlace): unknown {
  if (!isTFRecordError(error)) return error;
  const { code, problem } = error;
  const keys = ["file", "record", "byteOffset", "feature"] as const;
  if (keys.every((key) => error[key] !== undefined || place[key] === undefined)) return error;
  return new TFRecordError(code, problem, {
    file: error.file ?? place.file,
    record: error.record ?? place.record,
    byteOffset: error.byteOffset ?? place.byteOffset,
    feature: error.feature ?? place.feature,
    cause: error.cause ?? error,
  });
}
