import { HEADER_BYTES, lengthChecksumHolds } from "./framing.ts";
import { type Compression, inflate } from "./inflate/inflate.ts";

/** What bytes that are not a TFRecord header seem to be. */
export type Identity =
  | { readonly compression: Compression }
  /** Something else, in words; not certain where a damaged TFRecord file could look the same. */
  | { readonly other: string; readonly certain: boolean };

const MAGICS: readonly (readonly [other: string, magic: string])[] = [
  ["a Git LFS pointer; run `git lfs pull` to fetch the data", "version https://git-lfs.github.com/spec/"],
  ["a JPEG image", "\xff\xd8\xff"],
  ["a PNG image", "\x89PNG\r\n"],
  ["a zip archive; unpack it", "PK\x03\x04"],
  ["compressed with bzip2; decompress it", "BZh"],
  ["compressed with xz; decompress it", "\xfd7zXZ\0"],
  ["compressed with zstd; decompress it", "\x28\xb5\x2f\xfd"],
  ["compressed with snappy; decompress it", "\xff\x06\0\0sNaPpY"],
  ["a Parquet file", "PAR1"],
  ["an HDF5 file", "\x89HDF\r\n\x1a\n"],
  ["a NumPy array", "\x93NUMPY"],
];

/** Bytes to look at. */
export const IDENTIFY_BYTES = 1024;

/** Fewer bytes are not taken for text. */
const MIN_TEXT = 12;

/** Says what the first bytes of a file are that do not begin with a TFRecord header; undefined where that is unknown. */
export function identify(bytes: Uint8Array): Identity | undefined {
  // A TFRecord may begin with these bytes too: ask only after its header has failed.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return { compression: "gzip" };
  if (isZlib(bytes)) return { compression: "zlib" };
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  for (const [other, magic] of MAGICS) if (start.startsWith(magic)) return { other, certain: magic.length >= 5 };
  if (String.fromCharCode(...bytes.subarray(257, 262)) === "ustar")
    return { other: "a tar archive; unpack it", certain: true };
  const text = start.replace("\xef\xbb\xbf", "").trimStart().toLowerCase();
  if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
    return { other: "an HTML page, perhaps an error page of a server; check the address", certain: true };
  }
  if (bytes.length < MIN_TEXT || !isText(bytes)) return undefined;
  return { other: `text (${JSON.stringify(start.slice(0, 24))}…)`, certain: false };
}

/** A zlib header as zlib writes it: 32 KiB window, no dictionary, any level; then a block of a known type. */
function isZlib(bytes: Uint8Array): boolean {
  if (bytes.length < 3 || bytes[0] !== 0x78) return false;
  const levels = [0x01, 0x5e, 0x9c, 0xda];
  if (!levels.includes(bytes[1]!)) return false;
  const type = (bytes[2]! >> 1) & 3;
  return type === 0 ? bytes.length < 7 || (bytes[3]! ^ bytes[5]!) === 0xff : type !== 3;
}

/** Whether everything is printable ASCII or white space. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 32 ? byte < 127 : byte === 9 || byte === 10 || byte === 13));
}

/**
 * A second look where the first bytes of a damaged TFRecord file could be the same by chance. zlib's header is two bytes: it
 * counts only where what they begin decompresses to a whole stream, to a record's header or to something compressed.
 */
export async function holdsUp(identity: Identity, bytes: Uint8Array): Promise<boolean> {
  if ("other" in identity || identity.compression !== "zlib") return true;
  const head = new Uint8Array(HEADER_BYTES);
  let filled = 0;
  try {
    for await (const piece of inflate("zlib", [bytes][Symbol.iterator]())) {
      const part = piece.subarray(0, HEADER_BYTES - filled);
      head.set(part, filled);
      filled += part.length;
    }
  } catch {
    // Usually because the stream goes on after these bytes: what came out of them decides.
    if (filled < HEADER_BYTES) return false;
  }
  return filled < HEADER_BYTES || lengthChecksumHolds(head, 0) || isCompressed(head);
}

function isCompressed(head: Uint8Array): boolean {
  const inner = identify(head);
  return inner !== undefined && "compression" in inner;
}
