import { accelerate, maskedRange } from "./crc32c.ts";
import { HEADER_BYTES, OVERHEAD_BYTES, writeHeader, writeU32 } from "./framing.ts";
import type { Compression } from "./inflate/inflate.ts";

/** The bytes of one record: header, a copy of `data`, checksum; `data.length + 16` bytes. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(data.length + OVERHEAD_BYTES);
  frameInto(frame, 0, data);
  return frame;
}

/** Writes the frame of `data` at `at`, and says where it ends. */
function frameInto(bytes: Uint8Array, at: number, data: Uint8Array): number {
  const start = at + HEADER_BYTES;
  const end = start + data.length;
  writeHeader(bytes, at, data.length);
  bytes.set(data, start);
  writeU32(bytes, end, maskedRange(bytes, start, end));
  return end + 4;
}

export interface WriteRecordsOptions {
  /** As TensorFlow's `TFRecordOptions(compression_type=...)`. Such a file cannot be indexed. Default `none`. */
  readonly compression?: "none" | Compression;
}

/** Small records are gathered into chunks of this size: 64 KiB. */
const CHUNK_BYTES = 2 ** 16;

/** Yields the bytes of a TFRecord file that holds `records`, in chunks: small records are gathered into 64 KiB, larger ones come alone. */
export async function* writeRecords(
  records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { compression = "none" }: WriteRecordsOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const frames = gatherFrames(records);
  if (compression === "none") yield* frames;
  else yield* (await import("./compress.ts")).compress(frames, compression);
}

async function* gatherFrames(
  records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk: Uint8Array | undefined;
  let filled = 0;
  for await (const data of records) {
    const size = data.length + OVERHEAD_BYTES;
    if (chunk !== undefined && filled + size > chunk.length) {
      yield chunk.subarray(0, filled);
      chunk = undefined;
    }
    if (size > CHUNK_BYTES) {
      await accelerate();
      yield frameRecord(data);
      continue;
    }
    if (chunk === undefined) {
      chunk = new Uint8Array(CHUNK_BYTES);
      filled = 0;
    }
    filled = frameInto(chunk, filled, data);
  }
  if (chunk !== undefined) yield chunk.subarray(0, filled);
}
