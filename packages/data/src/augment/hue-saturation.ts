/**
 * Turns the hue of RGB bytes by `turn` (a share of the colour circle) and multiplies their saturation by `factor`, in
 * place, in HSV: value stays, saturation is cut at 1. Grey pixels have no hue and stay as they are. Formulas: A. R. Smith,
 * "Color Gamut Transform Pairs" (1978), the ones of `tf.image.rgb_to_hsv`.
 */
export function adjustHueSaturation(
  pixels: Uint8Array,
  offset: number,
  length: number,
  turn: number,
  factor: number,
): void {
  if (turn !== 0) turnHue(pixels, offset, length, turn);
  if (factor !== 1) scaleSaturation(pixels, offset, length, factor);
}

/** With value V = max and chroma C = max - min, every channel is V - k with 0 <= k <= C: scale k, and C at most to V. */
function scaleSaturation(pixels: Uint8Array, offset: number, length: number, factor: number): void {
  const end = offset + length;
  for (let at = offset; at < end; at += 3) {
    const r = pixels[at]!;
    const g = pixels[at + 1]!;
    const b = pixels[at + 2]!;
    const value = Math.max(r, g, b);
    const least = Math.min(r, g, b);
    const chroma = value - least;
    if (chroma === 0) continue;
    const scale = chroma * factor > value ? value / chroma : factor;
    // Truncation rounds down: values are at least -1e-13.
    pixels[at] = (value - (value - r) * scale + 0.5) | 0;
    pixels[at + 1] = (value - (value - g) * scale + 0.5) | 0;
    pixels[at + 2] = (value - (value - b) * scale + 0.5) | 0;
  }
}

function turnHue(pixels: Uint8Array, offset: number, length: number, turn: number): void {
  const end = offset + length;
  const sixths = 6 * (turn - Math.floor(turn));
  for (let at = offset; at < end; at += 3) {
    const r = pixels[at]!;
    const g = pixels[at + 1]!;
    const b = pixels[at + 2]!;
    const value = Math.max(r, g, b);
    const least = Math.min(r, g, b);
    const chroma = value - least;
    if (chroma === 0) continue;
    let hue = sixths;
    if (value === r) hue += (g - b) / chroma + (g < b ? 6 : 0);
    else if (value === g) hue += (b - r) / chroma + 2;
    else hue += (r - g) / chroma + 4;
    if (hue >= 6) hue -= 6;
    const sector = hue | 0;
    const within = hue - sector;
    // The middle channel rises in even sectors and falls in odd ones.
    const middle = (least + chroma * (sector & 1 ? 1 - within : within) + 0.5) | 0;
    const [high, low] = [value, least];
    if (sector === 0) put3(pixels, at, high, middle, low);
    else if (sector === 1) put3(pixels, at, middle, high, low);
    else if (sector === 2) put3(pixels, at, low, high, middle);
    else if (sector === 3) put3(pixels, at, low, middle, high);
    else if (sector === 4) put3(pixels, at, middle, low, high);
    else put3(pixels, at, high, low, middle);
  }
}

function put3(pixels: Uint8Array, at: number, r: number, g: number, b: number): void {
  pixels[at] = r;
  pixels[at + 1] = g;
  pixels[at + 2] = b;
}
