/**
 * An affine map of pixel centres, from the output to the input: the pixel in column `x` and row `y` of the output is
 * taken from column `m[0] x + m[1] y + m[2]` and row `m[3] x + m[4] y + m[5]` of the input. The first six of the eight
 * numbers that `keras.ops.image.affine_transform` takes.
 */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/** Every pixel from its own place. */
export const identity: AffineMatrix = [1, 0, 0, 0, 1, 0];

/** The matrix of `first` and then `second`: an output pixel goes through `second`'s map, then through `first`'s. */
export function compose(first: AffineMatrix, second: AffineMatrix): AffineMatrix {
  const [a, b, c, d, e, f] = first;
  const [g, h, i, j, k, l] = second;
  return [a * g + b * j, a * h + b * k, a * i + b * l + c, d * g + e * j, d * h + e * k, d * i + e * l + f];
}

/** A mirror image: left and right, or top and bottom, or both exchanged. */
export function flip(horizontal: boolean, vertical: boolean, height: number, width: number): AffineMatrix {
  return [horizontal ? -1 : 1, 0, horizontal ? width - 1 : 0, 0, vertical ? -1 : 1, vertical ? height - 1 : 0];
}

/** A turn about the centre by a share of a full turn; positive turns the picture counter-clockwise, as Keras does. */
export function rotation(turn: number, height: number, width: number): AffineMatrix {
  const [cos, sin] = [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)];
  const [x, y] = [(width - 1) / 2, (height - 1) / 2];
  return [cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y];
}

/** A zoom about the centre; a factor above 1 shows more than the picture (zooms out). */
export function zoom(down: number, across: number, height: number, width: number): AffineMatrix {
  return [across, 0, ((width - 1) / 2) * (1 - across), 0, down, ((height - 1) / 2) * (1 - down)];
}

/** Moves the picture by so many pixels down and to the right. */
export function translation(down: number, right: number): AffineMatrix {
  return [1, 0, -right, 0, 1, -down];
}

/** Shears about the pixel at the top left, as Keras does. */
export function shear(x: number, y: number): AffineMatrix {
  return [1, x, 0, y, 1, 0];
}

/** Enlarges the window of `rows` x `columns` pixels whose corner is at `top`, `left` to the whole image. */
export function crop(
  window: { readonly top: number; readonly left: number; readonly rows: number; readonly columns: number },
  height: number,
  width: number,
): AffineMatrix {
  const [down, across] = [window.rows / height, window.columns / width];
  // Corners meet corners, so centres are half a pixel of each scale away from them.
  return [across, 0, window.left + (across - 1) / 2, 0, down, window.top + (down - 1) / 2];
}
