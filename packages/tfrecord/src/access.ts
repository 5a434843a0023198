import { type ByteSource, isBlob, type RandomAccess } from "./source.ts";

/** Piece in which a random-access source is read from front to back: 1 MiB. */
const CHUNK_BYTES = 2 ** 20;

/** Random access to bytes in memory; slices are views. */
export function bytesAccess(bytes: Uint8Array, name?: string): RandomAccess {
  return {
    byteLength: bytes.length,
    ...(name === undefined ? {} : { name }),
    slice: async (start, end) => bytes.subarray(start, end),
  };
}

/** Random access to a Blob or File: what a file input or a drop gives. */
export function blobAccess(blob: Blob): RandomAccess {
  return {
    byteLength: blob.size,
    ...("name" in blob && typeof blob.name === "string" ? { name: blob.name } : {}),
    slice: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** The random access that a source offers by itself, or undefined where it can only be read from front to back. */
export function asRandomAccess(source: ByteSource | RandomAccess): RandomAccess | undefined {
  if (source instanceof Uint8Array) return bytesAccess(source);
  if (isBlob(source)) return blobAccess(source);
  return isRandomAccess(source) ? source : undefined;
}

function isRandomAccess(source: object): source is RandomAccess {
  return (
    "byteLength" in source &&
    typeof source.byteLength === "number" &&
    "slice" in source &&
    typeof source.slice === "function"
  );
}

/** The bytes of a random-access source from `start` on, in order. */
export async function* accessChunks(access: RandomAccess, start = 0): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = start; at < access.byteLength; at += CHUNK_BYTES) {
    yield await access.slice(at, Math.min(access.byteLength, at + CHUNK_BYTES));
  }
}
