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

/** A file is read in pieces of this size; what is in memory at any time is a few of them. */
const PIECE = 2 ** 20;

let open: { readonly access: RandomAccess; readonly index: RecordIndex } | undefined;

/** Reads the whole file once, every checksum verified, to say what is in it; then its headers, to find any record again. */
async function openFile(file: File): Promise<FileView> {
  const summary = await inspectRecords(pieces(file), { file: file.name });
  const onCorrupt = summary.corrupt.length > 0 ? "skip" : "throw";
  const access = blobAccess(file);
  open = { access, index: await buildIndex(access, { onCorrupt }) };
  return fileView(file.name, summary);
}

async function* pieces(file: File): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += PIECE) {
    yield new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
    answer({ type: "progress", bytes: Math.min(file.size, at + PIECE), total: file.size });
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
