/** How a stored image has to be turned to be seen upright: the values of EXIF's tag Orientation; 1 = as it is. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/**
 * The orientation in EXIF data: a TIFF header ("II" or "MM", 42, position of the first directory) and a directory of
 * 12-byte entries (CIPA DC-008, 4.6). 1 where there is none, or where it is damaged: that says nothing about the pixels.
 *
 * @param exif from the TIFF header on, without the "Exif\0\0" of a JPEG
 */
export function exifOrientation(exif: Uint8Array): Orientation {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  if (view.byteLength < 14) return 1;
  const mark = view.getUint16(0);
  const little = mark === 0x4949;
  if ((!little && mark !== 0x4d4d) || view.getUint16(2, little) !== 42) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return 1;
  const entries = view.getUint16(directory, little);
  for (let k = 0; k < entries; k++) {
    const at = directory + 2 + 12 * k;
    if (at + 12 > view.byteLength) return 1;
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(at + 8, little);
    return view.getUint16(at + 2, little) === SHORT && value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}
