import { accelerate, LARGE_BYTES } from "./crc32c.ts";
import { OVERHEAD_BYTES } from "./framing.ts";
import { checkPosition, openFrame, type ReadRecordAtOptions, type RecordIndex } from "./record-index.ts";
import type { RandomAccess } from "./source.ts";

export interface ReadRecordsAtOptions extends ReadRecordAtOptions {
  /** Records with at most so many bytes between them are read in one request. Default 64 KiB. */
  readonly maxGapBytes?: number;
  /** A request grows up to so many bytes. Default 8 MiB. */
  readonly maxReadBytes?: number;
}

/** Records that one request brings. */
interface Span {
  readonly start: number;
  end: number;
  /** Places in the caller's list. */
  readonly places: number[];
}

/**
 * The data of several records, in the order asked for. Neighbours are fetched together, whatever the order: over HTTP a
 * request costs more than the bytes between two records. Records of one request share a buffer.
 *
 * @throws TFRecordError what `readRecordAt` throws
 */
export async function readRecordsAt(
  access: RandomAccess,
  index: RecordIndex,
  positions: ArrayLike<number>,
  options: ReadRecordsAtOptions = {},
): Promise<Uint8Array[]> {
  const frameOptions = { file: access.name, crc32c: access.crc32c, ...options };
  const found: Uint8Array[] = new Array(positions.length);
  await Promise.all(
    planSpans(access, index, positions, options).map(async ({ start, end, places }) => {
      const bytes = await access.slice(start, end);
      if (bytes.length >= LARGE_BYTES) await accelerate();
      for (const place of places) {
        const i = positions[place]!;
        const at = index.offsets[i]! - start;
        const frame = bytes.subarray(at, at + index.lengths[i]! + OVERHEAD_BYTES);
        found[place] = openFrame(frame, index, i, frameOptions);
      }
    }),
  );
  return found;
}

function planSpans(
  access: RandomAccess,
  index: RecordIndex,
  positions: ArrayLike<number>,
  options: ReadRecordsAtOptions,
): Span[] {
  const { maxGapBytes = 2 ** 16, maxReadBytes = 2 ** 23 } = options;
  const places = Array.from(positions, (i, place) => {
    checkPosition(access, index, i, options);
    return place;
  });
  places.sort((a, b) => positions[a]! - positions[b]!);
  const spans: Span[] = [];
  for (const place of places) {
    const start = index.offsets[positions[place]!]!;
    const end = start + index.lengths[positions[place]!]! + OVERHEAD_BYTES;
    const last = spans.at(-1);
    if (last !== undefined && start - last.end <= maxGapBytes && end - last.start <= maxReadBytes) {
      last.end = Math.max(last.end, end);
      last.places.push(place);
    } else spans.push({ start, end, places: [place] });
  }
  return spans;
}
