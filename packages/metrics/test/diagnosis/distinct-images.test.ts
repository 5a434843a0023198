import { expect, it } from "vitest";
import { distinctImages } from "../../src/diagnosis.ts";

it("counts images that differ, by a single pixel or a fraction of it", () => {
  const image = (value: number) => Array.from({ length: 12 }, (_, i) => value + i);
  expect(distinctImages([...image(0), ...image(0), ...image(0)], 3)).toBe(1);
  expect(distinctImages([...image(0), ...image(1), ...image(0)], 3)).toBe(2);
  const nearly = image(0);
  nearly[11]! += 0.25;
  expect(distinctImages(Float32Array.from([...image(0), ...nearly]), 2)).toBe(2);
  // The same pixels in another order are another image.
  expect(distinctImages(Uint8Array.from([1, 2, 3, 3, 2, 1]), 2)).toBe(2);
});
