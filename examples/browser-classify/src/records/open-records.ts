import type { Answer, FileView, RecordView, Request } from "./messages.ts";

/** A TFRecord file that a thread reads, so that the page goes on answering. */
export interface OpenRecords {
  /** What is in the file; resolves when it was read to its end. */
  readonly view: Promise<FileView>;
  /** Records `from` to `to`, the latter not included. */
  page(from: number, to: number): Promise<readonly RecordView[]>;
  /** Stops the thread, whatever it is doing. */
  close(): void;
}

type Settled = { resolve(result: never): void; reject(error: Error): void };
type Question<T = Request> = T extends Request ? Omit<T, "id"> : never;

/** @param onProgress told of the share of the work that is done */
export function openRecords(file: File, onProgress: (share: number) => void): OpenRecords {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, Settled>();
  let last = 0;

  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.onerror = ({ message }) => fail(new Error(`the thread that reads records failed: ${message}`));
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if (data.type === "progress") return onProgress(data.share);
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.type === "done") asked?.resolve(data.result as never);
    else asked?.reject(new Error(data.message));
  };
  const ask = <T>(question: Question): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ ...question, id });
    });

  return {
    view: ask<FileView>({ type: "open", file }),
    page: (from, to) => ask({ type: "page", from, to }),
    close() {
      worker.terminate();
      fail(new DOMException("reading was stopped", "AbortError"));
    },
  };
}
