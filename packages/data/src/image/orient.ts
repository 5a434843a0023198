import type { Orientation } from "./exif-orientation.ts";
import type { RgbImage } from "./image.ts";

/** For each orientation, whether rows and columns change places, then which axes of the result run backwards. */
const TURNS: Readonly<Record<Orientation, readonly [transpose: boolean, flipX: boolean, flipY: boolean]>> = {
  1: [false, false, false],
  2: [false, true, false],
  3: [false, true, true],
  4: [false, false, true],
  5: [true, false, false],
  6: [true, true, false],
  7: [true, true, true],
  8: [true, false, true],
};

/** The image as it is to be seen (CIPA DC-008, tag 0x0112). The same object where nothing has to be done. */
export function orient(image: RgbImage, orientation: Orientation): RgbImage {
  if (orientation === 1) return image;
  const [transpose, flipX, flipY] = TURNS[orientation];
  const width = transpose ? image.height : image.width;
  const height = transpose ? image.width : image.height;
  // Steps in the stored image, in bytes, for a step right and a step down in the result.
  const [right, down] = transpose ? [image.width * 3, 3] : [3, image.width * 3];
  const start = (flipX ? (width - 1) * right : 0) + (flipY ? (height - 1) * down : 0);
  const [stepX, stepY] = [flipX ? -right : right, flipY ? -down : down];
  const from = image.pixels;
  const pixels = new Uint8Array(from.length);
  let put = 0;
  for (let y = 0; y < height; y++) {
    let at = start + y * stepY;
    for (let x = 0; x < width; x++) {
      pixels[put++] = from[at]!;
      pixels[put++] = from[at + 1]!;
      pixels[put++] = from[at + 2]!;
      at += stepX;
    }
  }
  return { width, height, pixels };
}
