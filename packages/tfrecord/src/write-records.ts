import { maskedRange } from "./crc32c.ts";
import { HEADER_BYTES, OVERHEAD_BYTES, writeHeader, writeU32 } from "./framing.ts";

/** The bytes of one record: header, a copy of `data`, checksum; `data.length + 16` bytes. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(data.length + OVERHEAD_BYTES);
  const end = HEADER_BYTES + data.length;
  writeHeader(frame, 0, data.length);
  frame.set(data, HEADER_BYTES);
  writeU32(frame, end, maskedRange(frame, HEADER_BYTES, end));
  return frame;
}

/** Yields the bytes of a TFRecord file that holds `records`, a chunk for each record. */
export async function* writeRecords(
  records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const record of records) yield frameRecord(record);
}
