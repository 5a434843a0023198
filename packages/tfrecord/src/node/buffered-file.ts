import { type FileHandle, open, rm } from "node:fs/promises";

/** Writes are gathered up to this size: 1 MiB. */
const BUFFER_BYTES = 2 ** 20;

/** A file that is written from front to back in large pieces. */
export interface BufferedFile {
  readonly path: string;
  write(bytes: Uint8Array): Promise<void>;
  /** Writes what is left and closes. Further calls have no effect. */
  finish(): Promise<void>;
  /** Closes and deletes. */
  remove(): Promise<void>;
}

/** Opens nothing until there is something to write; refuses to overwrite. */
export function createBufferedFile(path: string): BufferedFile {
  let handle: FileHandle | undefined;
  let buffer: Uint8Array | undefined;
  let filled = 0;
  let finished = false;

  async function writeOut(bytes: Uint8Array): Promise<void> {
    handle ??= await open(path, "wx");
    for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
  }

  async function flush(): Promise<void> {
    if (buffer !== undefined) await writeOut(buffer.subarray(0, filled));
    filled = 0;
  }

  async function closeHandle(): Promise<void> {
    const opened = handle;
    handle = undefined;
    buffer = undefined;
    await opened?.close();
  }

  return {
    path,
    async write(bytes) {
      if (filled + bytes.length > BUFFER_BYTES) await flush();
      if (bytes.length > BUFFER_BYTES) return await writeOut(bytes);
      buffer ??= new Uint8Array(BUFFER_BYTES);
      buffer.set(bytes, filled);
      filled += bytes.length;
    },
    async finish() {
      if (finished) return;
      finished = true;
      await flush();
      await closeHandle();
    },
    async remove() {
      finished = true;
      await closeHandle();
      await rm(path, { force: true });
    },
  };
}
