import { encodeText } from "./text.ts";
import { WIRE_BYTES } from "./wire.ts";

/** A scratch buffer up to this size is kept for the next message: 4 MiB. */
const KEPT_BYTES = 2 ** 22;

let spare: Uint8Array | undefined;

/**
 * Writes a protobuf message from its end to its beginning: when a length is due, what it counts is already there, so
 * nothing is measured twice or copied from level to level. Fields and values are therefore written in reverse order.
 * Field numbers here are below 16: tags take one byte.
 */
export class ReverseWriter {
  #buffer: Uint8Array;
  #view: DataView;
  #at: number;

  constructor() {
    this.#buffer = spare ?? new Uint8Array(4096);
    spare = undefined;
    this.#view = new DataView(this.#buffer.buffer);
    this.#at = this.#buffer.length;
  }

  /** Bytes written so far: pass it to `message` after writing what the message holds. */
  get mark(): number {
    return this.#buffer.length - this.#at;
  }

  /** What was written, in a buffer of its own. The writer is used up. */
  finish(): Uint8Array {
    const bytes = this.#buffer.slice(this.#at);
    if (this.#buffer.length <= KEPT_BYTES) spare = this.#buffer;
    return bytes;
  }

  /** Makes everything written since `mark` the length-delimited field `field`. */
  message(field: number, mark: number): void {
    this.#reserve(11);
    this.#varint(this.mark - mark);
    this.#buffer[--this.#at] = field * 8 + WIRE_BYTES;
  }

  bytes(field: number, value: Uint8Array): void {
    const mark = this.mark;
    this.#reserve(value.length);
    this.#at -= value.length;
    this.#buffer.set(value, this.#at);
    this.message(field, mark);
  }

  /** UTF-8; the caller has made sure that no surrogate stands alone. */
  text(field: number, value: string): void {
    const { length } = value;
    const mark = this.mark;
    this.#reserve(length);
    let at = this.#at;
    let i = length - 1;
    for (; i >= 0; i--) {
      const code = value.charCodeAt(i);
      if (code > 127) break;
      this.#buffer[--at] = code;
    }
    if (i >= 0) this.bytes(field, encodeText(value));
    else {
      this.#at = at;
      this.message(field, mark);
    }
  }

  packedFloats(field: number, values: ArrayLike<number>): void {
    const mark = this.mark;
    this.#reserve(4 * values.length);
    this.#at -= 4 * values.length;
    const floats = values instanceof Float32Array ? values : Float32Array.from(values);
    // Copied as integers: a NaN keeps its bits.
    const words = new Int32Array(floats.buffer, floats.byteOffset, floats.length);
    for (let i = 0; i < words.length; i++) this.#view.setInt32(this.#at + 4 * i, words[i]!, true);
    this.message(field, mark);
  }

  /** Two's complement of 64 bits: a negative number takes ten bytes. */
  packedInts(field: number, values: ArrayLike<bigint | number>): void {
    const mark = this.mark;
    this.#reserve(10 * values.length);
    for (let i = values.length - 1; i >= 0; i--) {
      const value = values[i]!;
      if (typeof value === "number" && value >= 0) this.#varint(value);
      else this.#varintBig(BigInt.asUintN(64, BigInt(value)));
    }
    this.message(field, mark);
  }

  #reserve(count: number): void {
    if (count <= this.#at) return;
    const used = this.mark;
    const grown = new Uint8Array(Math.max(used + count, 2 * this.#buffer.length));
    grown.set(this.#buffer.subarray(this.#at), grown.length - used);
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
    this.#at = grown.length - used;
  }

  /** A safe integer from 0, of which ten bytes are reserved. */
  #varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
    this.#groups(value, size, 0);
  }

  /** An unsigned 64-bit integer: what exceeds 53 bits is its last bytes, and seven that go on before them. */
  #varintBig(value: bigint): void {
    if (value < 2n ** 53n) this.#varint(Number(value));
    else {
      this.#varint(Number(value >> 49n));
      this.#groups(Number(BigInt.asUintN(49, value)), 7, 128);
    }
  }

  /** So many groups of seven bits, lowest first; all but the last, or with `more` = 128 all, say that others follow. */
  #groups(value: number, count: number, more: number): void {
    this.#at -= count;
    let rest = value;
    for (let i = this.#at, last = i + count - 1; i <= last; i++) {
      this.#buffer[i] = (rest % 128) | (i < last ? 128 : more);
      rest = Math.floor(rest / 128);
    }
  }
}
