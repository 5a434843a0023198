import { TFRecordError } from "../errors.ts";

/** Zeros after the last byte, so that the decoder can look ahead without asking at each step. */
const PADDING = 32;
/** Loaded bytes that `align` may give back. */
const LOOKED_AHEAD = 4;
/** No block header is longer. */
const LOW_WATER = 1024;

/** A stream of chunks as bits, least significant first, with look-ahead. */
export class BitInput {
  bytes: Uint8Array = new Uint8Array(PADDING);
  /** Next byte to load. */
  at = 0;
  /** End of the real bytes; `PADDING` zeros follow. */
  end = 0;
  /** No chunk will come any more. */
  ended = false;
  /** Loaded bits and their number. */
  bits = 0;
  count = 0;
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;

  constructor(chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Whether more should be loaded before going on. */
  get low(): boolean {
    return !this.ended && this.end - this.at < LOW_WATER;
  }

  async fill(): Promise<void> {
    while (this.low) {
      const { done, value } = await this.#chunks.next();
      if (done) {
        this.ended = true;
        return;
      }
      const from = Math.max(0, this.at - LOOKED_AHEAD);
      const rest = this.end - from;
      const joined = new Uint8Array(rest + value.length + PADDING);
      joined.set(this.bytes.subarray(from, this.end));
      joined.set(value, rest);
      this.bytes = joined;
      this.at -= from;
      this.end = rest + value.length;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Up to 16 bits as a number. */
  take(count: number): number {
    while (this.count < count) {
      this.bits |= this.bytes[this.at++]! << this.count;
      this.count += 8;
      if (this.at > this.end + 8) throw this.truncated();
    }
    const value = this.bits & ((1 << count) - 1);
    this.bits >>>= count;
    this.count -= count;
    return value;
  }

  /** Drops the rest of the current byte and gives whole bytes that were loaded back. */
  align(): void {
    this.at -= this.count >>> 3;
    this.bits = 0;
    this.count = 0;
    if (this.at > this.end) throw this.truncated();
  }

  /** The next byte of an aligned input. */
  byte(): number {
    if (this.at >= this.end) throw this.truncated();
    return this.bytes[this.at++]!;
  }

  truncated(): TFRecordError {
    return new TFRecordError("DECOMPRESSION_FAILED", "the compressed data ends early; the file was cut short");
  }

  damaged(what: string): TFRecordError {
    return new TFRecordError("DECOMPRESSION_FAILED", `the compressed data is damaged (${what}); fetch the file again`);
  }
}
