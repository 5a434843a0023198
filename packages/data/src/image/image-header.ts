import { exifOrientation, type Orientation } from "./exif-orientation.ts";
import { jpegHeader } from "./jpeg-header.ts";
import { formatOf } from "./sniff.ts";

/** What an encoded image says about itself, read without decoding it. */
export interface ImageHeader {
  readonly format: "JPEG" | "PNG" | "WebP";
  /** Pixels across, as stored: before the orientation is applied. */
  readonly width: number;
  /** Pixels down, as stored. */
  readonly height: number;
  readonly orientation: Orientation;
  /** JPEG: 1 = grey, 3 = colour, 4 = CMYK. */
  readonly components?: number;
}

/** The header, or the reason in words why the bytes are no image. Costs microseconds; allocates nothing of the image's size. */
export function imageHeader(bytes: Uint8Array): ImageHeader | string {
  const format = formatOf(bytes);
  if (!format.known) return format.description;
  switch (format.description) {
    case "JPEG": {
      const header = jpegHeader(bytes);
      if (header === undefined) return "the JPEG has no frame header";
      const { complete, ...found } = header;
      return complete ? { format: "JPEG", ...found } : "the JPEG is cut: it has no end marker";
    }
    case "PNG":
      return pngHeader(bytes) ?? "the PNG is cut, or has no header";
    default:
      return webpHeader(bytes) ?? "the WebP is cut, or has no header";
  }
}

const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** Chunks `[length, type, data, checksum]` from byte 8 on; the first is IHDR, eXIf may come anywhere (PNG 3rd edition, 5.3). */
function pngHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation = 1;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = text(bytes, at + 4, 4);
    if (at + 12 + length > bytes.length) return undefined;
    if (type === "IHDR" && length >= 8) size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (type === "eXIf") orientation = exifOrientation(bytes.subarray(at + 8, at + 8 + length));
    if (type === "IEND") {
      if (size === undefined || size.width === 0 || size.height === 0) return undefined;
      return { format: "PNG", ...size, orientation };
    }
    at += 12 + length;
  }
  return undefined;
}

/** RIFF chunks `[type, length, data, padding]` from byte 12 on (RFC 9649): VP8, VP8L or VP8X has the size. */
function webpHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 20 || view.getUint32(4, true) + 8 > bytes.length) return undefined;
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation = 1;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const type = text(bytes, at, 4);
    const length = view.getUint32(at + 4, true);
    const data = at + 8;
    if (data + length > bytes.length) return undefined;
    size ??= webpSize(type, view, data, length);
    if (type === "EXIF") {
      // Some writers keep the "Exif\0\0" of JPEG.
      const start = text(bytes, data, 6) === "Exif\0\0" ? data + 6 : data;
      orientation = exifOrientation(bytes.subarray(start, data + length));
    }
    at = data + length + (length & 1);
  }
  return size && { format: "WebP", ...size, orientation };
}

function webpSize(type: string, view: DataView, at: number, length: number) {
  if (type === "VP8 " && length >= 10) {
    return { width: view.getUint16(at + 6, true) & 0x3fff, height: view.getUint16(at + 8, true) & 0x3fff };
  }
  if (type === "VP8L" && length >= 5) {
    const bits = view.getUint32(at + 1, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (type === "VP8X" && length >= 10) {
    const three = (from: number): number => view.getUint16(from, true) | (view.getUint8(from + 2) << 16);
    return { width: three(at + 4) + 1, height: three(at + 7) + 1 };
  }
  return undefined;
}
