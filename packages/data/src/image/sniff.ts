/** What the first bytes say a file is. */
export interface SniffedFormat {
  /** True for JPEG, PNG and WebP: the formats of a data set. */
  readonly known: boolean;
  /** "JPEG", …, or what it is in place of an image, for messages. */
  readonly description: string;
}

/**
 * The format by its signature, whatever the file's name says. Only three formats are let through to the decoder: others
 * that it knows (SVG, PDF) can refer to further files or run for minutes.
 */
export function formatOf(bytes: Uint8Array): SniffedFormat {
  if (bytes.length === 0) return { known: false, description: "it is empty" };
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return { known: true, description: "JPEG" };
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return { known: true, description: "PNG" };
  const text = String.fromCharCode(...bytes.subarray(0, 60));
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return { known: true, description: "WebP" };
  if (text.startsWith("version https://git-lfs")) {
    return { known: false, description: "it is a Git LFS pointer, run `git lfs pull`" };
  }
  if (/^\s*<(!doctype|html)/i.test(text))
    return { known: false, description: "it is an HTML page, perhaps of a failed download" };
  const other = otherFormat(text);
  if (other !== undefined) return { known: false, description: `it is ${other}, not JPEG, PNG or WebP` };
  return { known: false, description: "it is not JPEG, PNG or WebP" };
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, at) => bytes[at] === byte);
}

/** What photographs also come as, whatever their names: telephones write HEIC, and some call it ".jpg". */
function otherFormat(text: string): string | undefined {
  if (/^....ftyp(hei|hev|mif1|msf1)/s.test(text)) return "HEIC";
  if (/^....ftypavi[fs]/s.test(text)) return "AVIF";
  if (/^(II\*\0|MM\0\*)/.test(text)) return "TIFF or a raw photograph";
  return text.startsWith("GIF8") ? "GIF" : undefined;
}
