import { clamp01, latticeHash } from "./noise.ts";
import type { Camera } from "./scene.ts";

/**
 * What the camera makes of the light: blur over the four neighbours, white balance and exposure, noise, 8 bits.
 * `canvas` is `[size, size, 3]`, RGB, 0-1 and somewhat beyond.
 */
export function develop(canvas: Float32Array, camera: Camera, size: number): Uint8Array {
  const { gain, offset, blur, noise, seed } = camera;
  const row = size * 3;
  const out = new Uint8Array(canvas.length);
  for (let y = 0; y < size; y++) {
    const up = y === 0 ? 0 : -row;
    const down = y === size - 1 ? 0 : row;
    for (let x = 0; x < size; x++) {
      const left = x === 0 ? 0 : -3;
      const right = x === size - 1 ? 0 : 3;
      for (let c = 0; c < 3; c++) {
        const at = y * row + x * 3 + c;
        const sharp = canvas[at]!;
        const around = canvas[at + up]! + canvas[at + down]! + canvas[at + left]! + canvas[at + right]!;
        const soft = sharp + (around / 4 - sharp) * blur;
        // The difference of two uniforms has a triangular density of variance 1/6: close enough to a camera's noise.
        const grain = (latticeHash(at, 1, seed) - latticeHash(at, 2, seed)) * Math.sqrt(6);
        out[at] = Math.round(255 * clamp01(soft * gain[c]! + offset + noise * grain));
      }
    }
  }
  return out;
}
