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
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** Blobs are read in pieces of this size: 1 MiB. */
const BLOB_CHUNK_BYTES = 2 ** 20;

type Chunks = AsyncIterator<Uint8Array> | Iterator<Uint8Array>;

/** The chunks of a source; `return` on the iterator tells the source that no more is wanted. */
export function openChunks(source: ByteSource, file?: string): Chunks {
  if (source instanceof Uint8Array) return [source][Symbol.iterator]();
  if (isBlob(source)) return blobChunks(source);
  if (isResponse(source)) return responseChunks(source, file);
  // Safari's streams are not async iterable; a reader works everywhere.
  if (isStream(source)) return streamChunks(source);
  if (isObject(source) && Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  if (isObject(source) && Symbol.iterator in source) return source[Symbol.iterator]();
  throw new TFRecordError(
    "INVALID_ARGUMENT",
    "the source is none of Uint8Array, Blob, Response, ReadableStream, iterable of Uint8Array; to read a path use openFile of @cassava/tfrecord/node",
  );
}

/** The name of a source, for messages. */
export function sourceName(source: ByteSource | RandomAccess, file?: string): string | undefined {
  if (file !== undefined) return file;
  if (!isObject(source)) return undefined;
  if ("name" in source && typeof source.name === "string") return source.name;
  return isResponse(source) && source.url !== "" ? source.url : undefined;
}

export function isBlob(source: object): source is Blob {
  return typeof Blob === "function" && source instanceof Blob;
}

function isObject(source: unknown): source is object {
  return typeof source === "object" && source !== null;
}

function isResponse(source: object): source is Response {
  return typeof Response === "function" && source instanceof Response;
}

function isStream(source: object): source is ReadableStream<Uint8Array> {
  return isObject(source) && "getReader" in source && typeof source.getReader === "function";
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
