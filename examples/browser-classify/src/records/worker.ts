import { inspectRecords } from "@cassava/tfrecord/inspect";
import {
  blobAccess,
  buildIndex,
  type RandomAccess,
  type RecordIndex,
  readRecordsAt,
} from "@cassava/tfrecord/random-access";
import { recordView } from "./feature-view.ts";
import { fileView } from "./file-view.ts";
import type { Answer, FileView, RecordView, Request } from "./messages.ts";

let open: { readonly access: RandomAccess; readonly index: RecordIndex } | undefined;

/**
 * Reads the whole file twice from front to back, every checksum verified: to find where its records lie, and to say what is in them. A
 * stream has a few pieces in memory at any time, and is many times faster than a request for each record's header.
 */
async function openFile(file: File): Promise<FileView> {
  const index = await buildIndex(pieces(file, 0), { file: file.name, verify: "full", onCorrupt: "skip" });
  const summary = await inspectRecords(pieces(file, 1), { file: file.name });
  open = { access: blobAccess(file), index };
  return fileView(file.name, summary);
}

/** The bytes of a file, in pass 0 or 1 of two, with word of each piece. */
async function* pieces(file: File, pass: number): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  let bytes = pass * file.size;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.length;
    answer({ type: "progress", share: bytes / (2 * file.size) });
    yield value;
  }
}

async function readPage(from: number, to: number): Promise<RecordView[]> {
  if (open === undefined) throw new Error("no file is open");
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  const records = await readRecordsAt(open.access, open.index, numbers);
  return records.map((data, i) => recordView(data, from + i));
}

function answer(message: Answer): void {
  postMessage(message);
}

addEventListener("message", async ({ data }: MessageEvent<Request>) => {
  try {
    const result = data.type === "open" ? await openFile(data.file) : await readPage(data.from, data.to);
    answer({ type: "done", id: data.id, result });
  } catch (error) {
    answer({ type: "failed", id: data.id, message: error instanceof Error ? error.message : String(error) });
  }
});
