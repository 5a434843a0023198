import {
  frameRecord,
  type ReadRecordsOptions,
  readRecords,
  type SkippedRange,
  type TFRecordErrorCode,
} from "../src/index.ts";

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function frames(...records: readonly Uint8Array[]): Uint8Array {
  return concat(records.map(frameRecord));
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const fromHex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replaceAll(" ", ""), "hex"));

/** Cuts bytes into chunks of these sizes, over and over. */
export function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + Math.max(1, sizes[i % sizes.length]!);
    yield bytes.slice(at, end);
    at = end;
  }
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

/** Everything that can be read in skip mode, and what was passed over. */
export async function salvage(
  bytes: Uint8Array,
  sizes: readonly number[] = [bytes.length + 1],
  options: ReadRecordsOptions = {},
) {
  const skipped: SkippedRange[] = [];
  const source = chunksOf(bytes, sizes);
  const records = await collect(
    readRecords(source, { ...options, onCorrupt: "skip", onSkip: (range) => skipped.push(range) }),
  );
  return { records, skipped };
}

export async function failure(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );
}

export async function failureCode(work: Promise<unknown>): Promise<TFRecordErrorCode | string> {
  const error = await failure(work);
  return (error as { code?: TFRecordErrorCode }).code ?? String(error);
}

/** A small, fast generator of 32-bit numbers (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}
