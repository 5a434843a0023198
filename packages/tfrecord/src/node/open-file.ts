import { statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { TFRecordError } from "../errors.ts";
import type { Inflate } from "../inflate/inflate.ts";
import type { RandomAccess } from "../source.ts";
import { reasonOf } from "./atomic-file.ts";
import { nativeCrc32c } from "./native-crc32c.ts";
import { nativeInflate } from "./native-inflate.ts";

/** Files are read in chunks of this size, the next one while the current one is used: 1 MiB. */
const CHUNK_BYTES = 2 ** 20;

/** Node refuses reads of 2 GiB and more: 1 GiB. */
const MAX_READ_BYTES = 2 ** 30;
/** A handle that `slice` opened and that was not used for so long is closed: 2 s. */
const IDLE_MS = 2000;

/** A file on disk: chunks in order, as often as wanted, and bytes by position. */
export interface TFRecordFile extends RandomAccess, AsyncIterable<Uint8Array> {
  /** The path as given. */
  readonly name: string;
  readonly byteLength: number;
  /** Decompression by Node's zlib, which readers take where they need not recover from damage. */
  readonly inflate: Inflate;
  /** Closes the handle that `slice` keeps open, which otherwise closes when it was idle for two seconds. */
  close(): Promise<void>;
}

/**
 * A file as a source for `readRecords` and as random access for `readRecordAt`. Nothing is open before the first read;
 * iterating closes what it opened.
 *
 * @throws TFRecordError SOURCE_UNREADABLE where there is no such file
 */
export function openFile(path: string): TFRecordFile {
  const byteLength = fileSize(path);
  let handle: Promise<FileHandle> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pending = 0;

  async function close(): Promise<void> {
    const opened = handle;
    handle = undefined;
    clearTimeout(timer);
    await (await opened)?.close();
  }

  const crc32c = nativeCrc32c();
  return {
    name: path,
    ...(crc32c && { crc32c }),
    inflate: nativeInflate,
    byteLength,
    [Symbol.asyncIterator]: () => fileChunks(path),
    async slice(start, end) {
      pending++;
      clearTimeout(timer);
      try {
        handle ??= open(path).catch((error: unknown) => {
          handle = undefined;
          throw error;
        });
        return await readExactly(await handle, start, end);
      } catch (cause) {
        throw unreadable(path, cause);
      } finally {
        pending--;
        if (pending === 0) timer = setTimeout(() => void close().catch(() => undefined), IDLE_MS).unref();
      }
    },
    close,
  };
}

function fileSize(path: string): number {
  let stats: ReturnType<typeof statSync>;
  try {
    stats = statSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (!stats.isDirectory()) return stats.size;
  throw new TFRecordError("SOURCE_UNREADABLE", "this is a folder; expandPaths lists the files in it", { file: path });
}

function unreadable(path: string, cause: unknown): TFRecordError {
  if (cause instanceof TFRecordError) return cause;
  return new TFRecordError("SOURCE_UNREADABLE", `the file cannot be read (${reasonOf(cause)}); check the path`, {
    file: path,
    cause,
  });
}

async function readExactly(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const wanted = Math.min(MAX_READ_BYTES, bytes.length - filled);
    const { bytesRead } = await handle.read(bytes, filled, wanted, start + filled);
    if (bytesRead === 0) throw new Error(`it ends at byte ${start + filled}, before ${end}`);
    filled += bytesRead;
  }
  return bytes;
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  let ahead: Promise<Uint8Array> | undefined;
  try {
    let at = 0;
    ahead = readChunk(handle, at);
    for (;;) {
      const chunk = await ahead;
      if (chunk.length === 0) return;
      at += chunk.length;
      ahead = readChunk(handle, at);
      yield chunk;
    }
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    // The read ahead must not use a closed handle; its failure no longer matters to anyone.
    await ahead?.catch(() => undefined);
    await handle.close();
  }
}

async function readChunk(handle: FileHandle, at: number): Promise<Uint8Array> {
  // Not from Buffer's pool and not filled with zeros first.
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, at);
  return new Uint8Array(buffer.buffer, 0, bytesRead);
}
