import { BitInput } from "./bit-input.ts";
import { adler32, type Checksum, crc32 } from "./checksums.ts";
import { DeflateDecoder } from "./deflate-decoder.ts";

/** The containers that TensorFlow writes: `TFRecordOptions(compression_type="GZIP" | "ZLIB")`. */
export type Compression = "gzip" | "zlib";

/** Decompresses a stream of chunks. */
export type Inflate = (
  format: Compression,
  chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
) => AsyncGenerator<Uint8Array, void, undefined>;

// Flags of a gzip header (RFC 1952).
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;

/**
 * Decompresses gzip (RFC 1952; any number of members, padded with zeros or not) and zlib (RFC 1950) streams. Written out
 * because `DecompressionStream` refuses further gzip members in browsers, and does not say what it refuses. What could be
 * decompressed is yielded before an error is thrown.
 *
 * @throws TFRecordError DECOMPRESSION_FAILED
 */
export const inflate: Inflate = async function* inflate(format, chunks) {
  const input = new BitInput(chunks);
  const decoder = new DeflateDecoder(input);
  try {
    if (format === "zlib") {
      yield* readZlib(input, decoder);
      return;
    }
    do yield* readMember(input, decoder);
    while (await anotherMember(input));
  } finally {
    await input.close();
  }
};

async function* readZlib(input: BitInput, decoder: DeflateDecoder): AsyncGenerator<Uint8Array, void, undefined> {
  await input.fill();
  const header = (input.byte() << 8) | input.byte();
  if ((header & 0x0f00) !== 0x0800 || header % 31 !== 0) throw input.damaged("not a zlib header");
  if (header & 0x20) throw input.damaged("it needs a preset dictionary");
  const { sum } = yield* checked(decoder, adler32);
  input.align();
  await input.fill();
  let stored = 0;
  for (let i = 0; i < 4; i++) stored = stored * 256 + input.byte();
  if (stored !== sum) throw input.damaged("wrong checksum");
}

async function* readMember(input: BitInput, decoder: DeflateDecoder): AsyncGenerator<Uint8Array, void, undefined> {
  await input.fill();
  if (input.byte() !== 0x1f || input.byte() !== 0x8b || input.byte() !== 8) throw input.damaged("not a gzip header");
  const flags = input.byte();
  for (let i = 0; i < 6; i++) input.byte();
  if (flags & EXTRA) await skipBytes(input, input.byte() | (input.byte() << 8));
  if (flags & NAME) await skipText(input);
  if (flags & COMMENT) await skipText(input);
  if (flags & HEADER_CRC) await skipBytes(input, 2);
  const { sum, size } = yield* checked(decoder, crc32);
  input.align();
  await input.fill();
  if (readU32(input) !== sum) throw input.damaged("wrong checksum");
  if (readU32(input) !== size % 2 ** 32) throw input.damaged("wrong size");
}

async function* checked(
  decoder: DeflateDecoder,
  checksum: Checksum,
): AsyncGenerator<Uint8Array, { readonly sum: number; readonly size: number }, undefined> {
  let state = checksum.initial;
  let size = 0;
  for await (const piece of decoder.decode()) {
    state = checksum.update(state, piece);
    size += piece.length;
    yield piece;
  }
  return { sum: checksum.final(state), size };
}

function readU32(input: BitInput): number {
  return (input.byte() | (input.byte() << 8) | (input.byte() << 16) | (input.byte() << 24)) >>> 0;
}

async function skipBytes(input: BitInput, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (input.low) await input.fill();
    input.byte();
  }
}

async function skipText(input: BitInput): Promise<void> {
  do if (input.low) await input.fill();
  while (input.byte() !== 0);
}

/** Whether another gzip member follows; padding with zeros after the last one is let pass, as gzip does. */
async function anotherMember(input: BitInput): Promise<boolean> {
  let zeros = false;
  for (;;) {
    await input.fill();
    if (input.at >= input.end) return false;
    if (input.bytes[input.at] !== 0) break;
    zeros = true;
    input.at++;
  }
  if (zeros) throw input.damaged("something follows its padding");
  return true;
}
