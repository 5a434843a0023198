import { TFRecordError } from "./errors.ts";
import { OVERHEAD_BYTES } from "./framing.ts";
import type { RecordIndex } from "./record-index.ts";

const FORMAT = "cassava-record-index";

export interface SerializeIndexOptions {
  /**
   * `json`: with the size of the file, so that a stale index is noticed. `text`: a line `offset length` for each record,
   * the length with its 16 bytes of framing, as `tfrecord2idx` of the Python `tfrecord` package and of NVIDIA DALI writes.
   */
  readonly format?: "json" | "text";
}

/** An index as text, to keep beside its file. */
export function serializeIndex(index: RecordIndex, { format = "json" }: SerializeIndexOptions = {}): string {
  const { offsets, lengths, byteLength } = index;
  if (format === "text") {
    return Array.from(offsets, (offset, i) => `${offset} ${lengths[i]! + OVERHEAD_BYTES}\n`).join("");
  }
  return JSON.stringify({ format: FORMAT, version: 1, byteLength, offsets: [...offsets], lengths: [...lengths] });
}

export interface ParseIndexOptions {
  /** Size of the indexed file in bytes, for the text format, which lacks it. Default: where the last record ends. */
  readonly byteLength?: number;
  /** Name for messages. */
  readonly file?: string;
}

/**
 * Reads an index in either format of `serializeIndex`.
 *
 * @throws TFRecordError INDEX_MISMATCH where the text is malformed
 */
export function parseIndex(text: string, options: ParseIndexOptions = {}): RecordIndex {
  const frames = text.trimStart().startsWith("{") ? parseJson(text, options) : parseLines(text, options);
  let end = 0;
  for (let i = 0; i < frames.offsets.length; i++) {
    const offset = frames.offsets[i]!;
    const length = frames.lengths[i]!;
    if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= end && length >= 0)) {
      throw malformed(`record ${i} overlaps the one before it or is not a pair of integers`, options);
    }
    end = offset + length + OVERHEAD_BYTES;
  }
  const byteLength = frames.byteLength ?? end;
  if (!Number.isSafeInteger(byteLength) || byteLength < end)
    throw malformed("records lie beyond the end of the file", options);
  return {
    count: frames.offsets.length,
    offsets: Float64Array.from(frames.offsets),
    lengths: Float64Array.from(frames.lengths),
    byteLength,
  };
}

interface Frames {
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
  readonly byteLength?: number | undefined;
}

function parseJson(text: string, options: ParseIndexOptions): Frames {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed("it is not valid JSON", options, cause);
  }
  const { format, version, byteLength, offsets, lengths } = value as Record<string, unknown>;
  if (format !== FORMAT || version !== 1)
    throw malformed(`format ${JSON.stringify(format)} ${version} is unknown`, options);
  if (!Array.isArray(offsets) || !Array.isArray(lengths) || offsets.length !== lengths.length) {
    throw malformed("offsets and lengths do not match", options);
  }
  return { offsets, lengths, byteLength: Number(byteLength) };
}

function parseLines(text: string, options: ParseIndexOptions): Frames {
  const offsets: number[] = [];
  const lengths: number[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const match = /^\s*(\d+)\s+(\d+)\s*$/.exec(line);
    if (match === null) throw malformed(`line ${offsets.length + 1} is not "offset length"`, options);
    offsets.push(Number(match[1]));
    lengths.push(Number(match[2]) - OVERHEAD_BYTES);
  }
  return { offsets, lengths, byteLength: options.byteLength };
}

function malformed(what: string, { file }: ParseIndexOptions, cause?: unknown): TFRecordError {
  return new TFRecordError("INDEX_MISMATCH", `the index is malformed: ${what}; build it again`, {
    file,
    ...(cause === undefined ? {} : { cause }),
  });
}
