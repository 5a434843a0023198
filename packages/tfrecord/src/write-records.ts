import { maskedRange } from "./crc32c.ts";
import { HEADER_BYTES, OVERHEAD_BYTES, writeHeader, writeU32 } from "./framing.ts";
import type { Compression } from "./inflate/inflate.ts";
import { streamChunks } from "./source.ts";

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
  if (compression === "none") yield* gatherFrames(records);
  else yield* compress(gatherFrames(records), compression);
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

async function* compress(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  format: Compression,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { readable, writable } = new CompressionStream(format === "zlib" ? "deflate" : "gzip");
  const writer = writable.getWriter();
  // Not pipeThrough: in Node it goes on pulling from its source after the readable side was cancelled.
  let failure: { readonly error: unknown } | undefined;
  let stopped = false;
  const pump = async () => {
    try {
      for await (const chunk of chunks) {
        if (stopped) return;
        await writer.write(chunk as Uint8Array<ArrayBuffer>);
      }
      await writer.close();
    } catch (error) {
      failure = { error };
      await writer.abort(error).catch(() => undefined);
    }
  };
  const pumped = pump();
  let finished = false;
  try {
    yield* streamChunks(readable);
    finished = true;
  } catch (error) {
    // What the source threw says more than that the stream was aborted.
    throw failure === undefined ? error : failure.error;
  } finally {
    stopped = true;
    if (!finished) await writer.abort().catch(() => undefined);
    await pumped;
  }
}
