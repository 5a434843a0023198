import { TFRecordError } from "./errors.ts";

// A byte order mark is part of the text here, and invalid bytes are an error, not U+FFFD.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to this many bytes, building ASCII text by hand is faster than a call of TextDecoder. */
const SHORT_TEXT = 24;

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text in `bytes[start, end)`, or undefined where it is not valid UTF-8. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start <= SHORT_TEXT) {
    let text = "";
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte >= 128) break;
      text += String.fromCharCode(byte);
    }
    if (at === end) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

/** Whether `bytes` are UTF-8 text without control characters other than white space. */
export function isPrintable(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) return false;
  return decodeText(bytes, 0, bytes.length) !== undefined;
}

/** A key of a feature map; protobuf allows valid UTF-8 only. */
export function decodeKey(bytes: Uint8Array, start: number, end: number): string {
  const key = decodeText(bytes, start, end);
  if (key === undefined)
    throw new TFRecordError("EXAMPLE_MALFORMED", `the feature name at byte ${start} of the record is not UTF-8`);
  return key;
}

// With the flag u a surrogate pair is one character: only lone surrogates match.
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether `text` can be written as UTF-8 without loss. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** Order of the UTF-8 bytes, in which protobuf's deterministic serialization sorts map keys: that of code points. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others, but lie below U+E000 to U+FFFF as numbers. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
