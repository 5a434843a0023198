/**
 * How many of some decoded images differ from all before them, by a hash of their pixels (FNV-1a, 32 bits).
 *
 * @param images `[n, height, width, channels]`, row-major
 * @param n images in it
 */
export function distinctImages(images: ArrayLike<number>, n: number): number {
  const length = images.length / n;
  const seen = new Set<number>();
  for (let i = 0; i < n; i++) {
    let hash = 0x811c9dc5;
    for (let at = i * length; at < (i + 1) * length; at++) {
      // A pixel of a fraction counts by its 64ths.
      hash = Math.imul(hash ^ (images[at]! * 64), 0x01000193);
    }
    seen.add(hash);
  }
  return seen.size;
}
