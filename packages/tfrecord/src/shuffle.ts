import { TFRecordError } from "./errors.ts";
import { type ReadRecordAtOptions, type RecordIndex, readRecordAt } from "./record-index.ts";
import type { RandomAccess } from "./source.ts";

export interface ShuffleOptions {
  /** 32-bit integer: equal seeds (and epochs) give equal orders. Default 0. */
  readonly seed?: number;
  /** Another order for each epoch of one seed. Default 0. */
  readonly epoch?: number;
}

/**
 * A random permutation of 0 to `count - 1`, every one equally likely as far as the generator goes (Fisher and Yates, with
 * unbiased indices from sfc32).
 *
 * @throws TFRecordError INVALID_ARGUMENT where `count` is not an integer from 0 to 2^32 - 1
 */
export function shuffledOrder(count: number, { seed = 0, epoch = 0 }: ShuffleOptions = {}): Uint32Array {
  if (!Number.isInteger(count) || count < 0 || count >= 2 ** 32) {
    throw new TFRecordError("INVALID_ARGUMENT", `cannot shuffle ${count} records; give a count from 0 to 2^32 - 1`);
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const next = sfc32(seed, epoch);
  for (let i = count - 1; i > 0; i--) {
    const j = below(next, i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}

/** Chris Doty-Humphrey's small fast counting generator (PractRand): 32 random bits a call. */
function sfc32(seed: number, epoch: number): () => number {
  let a = seed | 0;
  let b = epoch | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  };
  // Its author's number of rounds after which similar seeds have nothing in common.
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** A uniform integer below `bound`: values above the largest multiple of it are drawn again. */
function below(next: () => number, bound: number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const value = next();
    if (value < limit) return value % bound;
  }
}

/** A file with random access and its index. */
export interface IndexedFile {
  readonly access: RandomAccess;
  readonly index: RecordIndex;
}

/** A record of one of several files. */
export interface ShuffledRecord {
  /** Position in the list of files. */
  readonly file: number;
  /** Number within its file. */
  readonly record: number;
  readonly data: Uint8Array;
}

export interface ReadShuffledOptions extends ShuffleOptions, Omit<ReadRecordAtOptions, "file"> {
  /** Reads under way at a time. Default 8. Memory is so many records. */
  readonly readAhead?: number;
}

/**
 * Yields every record of all files once, in one random order over all of them: an exact shuffle, whatever the memory. The
 * order depends on seed, epoch and the numbers of records only.
 *
 * @throws TFRecordError what `readRecordAt` throws
 */
export async function* readShuffled(
  files: readonly IndexedFile[],
  options: ReadShuffledOptions = {},
): AsyncGenerator<ShuffledRecord, void, undefined> {
  const { readAhead = 8 } = options;
  const starts: number[] = [];
  let total = 0;
  for (const { index } of files) {
    starts.push(total);
    total += index.count;
  }
  const order = shuffledOrder(total, options);
  const pending: Promise<ShuffledRecord>[] = [];
  let issued = 0;
  try {
    for (let given = 0; given < total; given++) {
      for (; issued < total && issued <= given + readAhead - 1; issued++) {
        const work = readOne(files, starts, order[issued]!, options);
        // A failure is thrown in its turn; until then it must not count as unhandled.
        work.catch(() => undefined);
        pending.push(work);
      }
      if (pending.length === 0)
        throw new TFRecordError("INVALID_ARGUMENT", `readAhead must be at least 1, got ${readAhead}`);
      yield await pending.shift()!;
    }
  } finally {
    await Promise.allSettled(pending);
  }
}

async function readOne(
  files: readonly IndexedFile[],
  starts: readonly number[],
  position: number,
  options: ReadRecordAtOptions,
): Promise<ShuffledRecord> {
  let file = 0;
  let last = starts.length - 1;
  while (file < last) {
    const middle = (file + last + 1) >> 1;
    if (starts[middle]! <= position) file = middle;
    else last = middle - 1;
  }
  const record = position - starts[file]!;
  const { access, index } = files[file]!;
  return { file, record, data: await readRecordAt(access, index, record, options) };
}
