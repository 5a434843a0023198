import { TFRecordError } from "./errors.ts";

/**
 * The protobuf wire format (protobuf.dev/programming-guides/encoding), read in place: no message objects, no copies.
 */
export const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
const WIRE_GROUP = 3;
export const WIRE_FIXED32 = 5;

/** Groups inside groups are followed to this depth, as protobuf's own parsers do. */
const MAX_GROUP_DEPTH = 100;

/** A position in a message. `end` bounds every read; entering a submessage narrows it. */
export class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  /** Halves of the last varint read by `varint64`, as signed 32-bit integers. */
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  malformed(what: string): TFRecordError {
    const problem = `${what} at byte ${this.at} of the record, which is not a well-formed message`;
    return new TFRecordError("EXAMPLE_MALFORMED", problem);
  }

  /** Moves to another range of the same bytes. */
  move(at: number, end: number): void {
    this.at = at;
    this.end = end;
  }

  /** A field's tag: number * 8 + wire type. */
  tag(): number {
    const { bytes, at } = this;
    const first = bytes[at]!;
    if (first < 128 && first > 7 && at < this.end) {
      this.at = at + 1;
      return first;
    }
    this.varint64();
    const tag = this.low >>> 0;
    if (this.high !== 0 || tag < 8) throw this.malformed("invalid field tag");
    return tag;
  }

  /** A length, checked against what is left; the position after it is the start of so many bytes. */
  length(): number {
    const { bytes, at } = this;
    let length = bytes[at]!;
    if (length < 128 && at < this.end) this.at = at + 1;
    else {
      this.varint64();
      length = (this.low >>> 0) + (this.high >>> 0) * 2 ** 32;
    }
    this.#require(length);
    return length;
  }

  #require(count: number): void {
    const left = this.end - this.at;
    if (count > left) throw this.malformed(`${count} bytes are due and ${left} left`);
  }

  /** Reads a varint of up to 64 bits into `low` and `high`; bits beyond are dropped, as protobuf does. */
  varint64(): void {
    const { bytes, end } = this;
    let at = this.at;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70 && at < end; shift += 7) {
      const byte = bytes[at++]!;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= shift < 63 ? bits << (shift - 32) : (bits & 1) << 31;
      if (byte < 128) {
        this.at = at;
        this.low = low;
        this.high = high;
        return;
      }
    }
    throw this.malformed("a number does not end");
  }

  /** Skips a field of unknown number or unexpected wire type. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case WIRE_VARINT:
        this.varint64();
        return;
      case WIRE_FIXED64:
        this.advance(8);
        return;
      case WIRE_BYTES:
        this.advance(this.length());
        return;
      case WIRE_FIXED32:
        this.advance(4);
        return;
      case WIRE_GROUP:
        this.#skipGroup(tag >>> 3, depth);
        return;
      default:
        throw this.malformed(`wire type ${tag & 7} out of place`);
    }
  }

  advance(count: number): void {
    this.#require(count);
    this.at += count;
  }

  #skipGroup(field: number, depth: number): void {
    if (depth >= MAX_GROUP_DEPTH) throw this.malformed("groups are nested too deep");
    while (this.at < this.end) {
      const tag = this.tag();
      if ((tag & 7) === 4) {
        if (tag >>> 3 === field) return;
        break;
      }
      this.skip(tag, depth + 1);
    }
    throw this.malformed("a group does not end");
  }
}
