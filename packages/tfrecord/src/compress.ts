import type { Compression } from "./inflate/inflate.ts";
import { streamChunks } from "./source.ts";

/** Compresses chunks with the platform's own stream. */
export async function* compress(
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
