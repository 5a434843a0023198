import type { ImageLoader } from "../image/image-loader.ts";
import { type LoadReply, type LoadRequest, plainError } from "./worker-messages.ts";

/** The end of a channel to the thread that asks: `parentPort`, or a MessagePort. */
export interface ServePort {
  postMessage(message: LoadReply, transfer: readonly ArrayBuffer[]): void;
  on(event: "message", listener: (request: LoadRequest) => void): unknown;
}

/** Answers every request that arrives at `port` with what `loader` makes of it; pixels are moved, not copied. */
export function serveLoader(port: ServePort, loader: ImageLoader): void {
  port.on("message", async ({ task, bytes, origin, target }) => {
    try {
      const pixels = await loader.load(bytes, origin, target);
      const own = pixels.byteLength === pixels.buffer.byteLength ? pixels : new Uint8Array(pixels);
      port.postMessage({ task, pixels: own }, [own.buffer as ArrayBuffer]);
    } catch (error) {
      port.postMessage({ task, error: plainError(error) }, []);
    }
  });
}
