import { close, open, read } from "node:fs";
import { crc32 } from "node:zlib";
import { DataError, reasonOf } from "../errors.ts";

/** "CPX1", height and width in 16 bits, checksum of the pixels in 32, four bytes of zeros; little-endian. */
const HEADER_BYTES = 16;
const MAGIC = 0x3158_5043;

/** Pixels `[height, width, 3]` as the content of a file: a header with a CRC-32 (ISO-HDLC, as in zlib), then the pixels. */
export function packPixels(pixels: Uint8Array, height: number, width: number): readonly Uint8Array[] {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, MAGIC, true);
  header.setUint16(4, height, true);
  header.setUint16(6, width, true);
  header.setUint32(8, crc32(pixels), true);
  return [new Uint8Array(header.buffer), pixels];
}

/**
 * The pixels of a file; undefined where there is none, or where it is damaged, cut or of another size. Throws a DataError
 * (STORE_FAILED) where the file system fails.
 */
export async function readPixels(path: string, height: number, width: number): Promise<Uint8Array | undefined> {
  const length = HEADER_BYTES + height * width * 3;
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readExactly(path, length);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    const message = `the pixel cache cannot read ${path} (${reasonOf(cause)}): check its permissions, or delete the folder`;
    throw new DataError("STORE_FAILED", message, { file: path, cause });
  }
  if (bytes === undefined) return undefined;
  const header = new DataView(bytes.buffer, 0, HEADER_BYTES);
  if (header.getUint32(0, true) !== MAGIC) return undefined;
  if (header.getUint16(4, true) !== height || header.getUint16(6, true) !== width) return undefined;
  const pixels = bytes.subarray(HEADER_BYTES);
  return header.getUint32(8, true) === crc32(pixels) ? pixels : undefined;
}

/** A file of this length, by the callback interface: a third of the time of `readFile` for 150 kB. Undefined for a shorter one. */
function readExactly(path: string, length: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    open(path, "r", (error, file) => {
      if (error) return reject(error);
      const bytes = new Uint8Array(length);
      const more = (from: number): void =>
        read(file, bytes, from, length - from, from, (failed, count) => {
          if (failed === null && count > 0 && from + count < length) return more(from + count);
          close(file, (unclosed) => {
            if (failed ?? unclosed) reject(failed ?? unclosed);
            else resolve(from + count === length ? bytes : undefined);
          });
        });
      more(0);
    });
  });
}
