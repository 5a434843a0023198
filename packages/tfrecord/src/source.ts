import { TFRecordError } from "./errors.ts";

/**
 * Bytes in order. Chunks may have any size; a source must not overwrite a chunk after it has yielded it. A `name`
 * property (as `openFile` and `File` have) goes into messages unless `file` is given.
 */
export type ByteSource =
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | ReadableStream<Uint8Array>
  | Response
  | Blob
  | Uint8Array;

/** Bytes by position. `slice` resolves with exactly the bytes `[start, end)`, `0 <= start <= end <= byteLength`. */
export interface RandomAccess {
  readonly byteLength: number;
  /** For messages. */
  readonly name?: string;
  /** The fastest CRC-32C (unmasked) where the source is, taken unless a reader is given another. */
  readonly crc32c?: (bytes: Uint8Array) => number;
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** Blobs are read in pieces of this size: 1 MiB. */
const BLOB_CHUNK_BYTES = 2 ** 20;

type Chunks = AsyncIterator<Uint8Array> | Iterator<Uint8Array>;

/** The chunks of a source; `return` on the iterator tells the source that no more is wanted. */
export function openChunks(source: ByteSource, file?: string): Chunks {
  if (typeof source === "object" && source !== null) {
    if (source instanceof Uint8Array) return [source][Symbol.iterator]();
    if (isBlob(source)) return blobChunks(source);
    if (typeof Response === "function" && source instanceof Response) return responseChunks(source, file);
    // Safari's streams are not async iterable; a reader works everywhere.
    if ("getReader" in source) return streamChunks(source);
    if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
    if (Symbol.iterator in source) return source[Symbol.iterator]();
  }
  const problem = "this is no source of bytes; to read a path use openFile of @cassava/tfrecord/node";
  throw new TFRecordError("INVALID_ARGUMENT", problem);
}

/** The checksum that a source brings along. */
export function sourceCrc32c(source: ByteSource | RandomAccess): RandomAccess["crc32c"] {
  return (source as RandomAccess | undefined)?.crc32c;
}

/** The name of a source, for messages: that of a file, the address of a response. */
export function sourceName(source: ByteSource | RandomAccess, file?: string): string | undefined {
  const { name, url } = (source ?? {}) as { readonly name?: unknown; readonly url?: unknown };
  return [file, name, url].find((one): one is string => typeof one === "string" && one !== "");
}

export function isBlob(source: object): source is Blob {
  return typeof Blob === "function" && source instanceof Blob;
}

async function* blobChunks(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; at += BLOB_CHUNK_BYTES) {
    yield new Uint8Array(await blob.slice(at, at + BLOB_CHUNK_BYTES).arrayBuffer());
  }
}

async function* responseChunks(response: Response, file: string | undefined): AsyncGenerator<Uint8Array> {
  if (!response.ok) {
    const problem = `the server answered ${response.status} ${response.statusText}`.trimEnd();
    throw new TFRecordError("SOURCE_UNREADABLE", `${problem}; check the address`, { file });
  }
  if (response.body !== null) yield* streamChunks(response.body);
}

/** The chunks of a stream; it is cancelled when the consumer stops. */
export async function* streamChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      finished = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!finished) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}
