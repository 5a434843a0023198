import sharp from "sharp";

/** Pixels between two images of a sheet, and around all of them. */
const GAP = 6;
/** Between the first column, the originals, and the others. */
const WIDE_GAP = 18;

/**
 * A PNG of rows of square RGB images, the first of each row set apart.
 *
 * @param rows each image `[size, size, 3]`, 0-255; all rows of one length
 * @param size pixels of a side
 */
export async function contactSheet(rows: readonly (readonly Uint8Array[])[], size: number): Promise<Uint8Array> {
  const columns = rows[0]?.length ?? 0;
  const left = (column: number): number => GAP + column * (size + GAP) + (column > 0 ? WIDE_GAP - GAP : 0);
  const width = left(columns - 1) + size + GAP;
  const height = GAP + rows.length * (size + GAP);
  const sheet = new Uint8Array(width * height * 3).fill(255);
  for (const [row, images] of rows.entries()) {
    for (const [column, image] of images.entries()) {
      for (let y = 0; y < size; y++) {
        const line = image.subarray(y * size * 3, (y + 1) * size * 3);
        sheet.set(line, ((GAP + row * (size + GAP) + y) * width + left(column)) * 3);
      }
    }
  }
  return sharp(sheet, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
