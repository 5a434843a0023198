import type { LeafPoint, LeafShape } from "./leaf-shape.ts";
import { leafPoint, locate } from "./leaf-shape.ts";
import { applyMark, type Mark, type MarkPainter } from "./marks.ts";
import { clamp01, latticeHash, smoothstep, valueNoise } from "./noise.ts";
import type { Scene, SceneLeaf } from "./scene.ts";

/** Paints the scene, with marks on its front leaf: `[size, size, 3]`, RGB 0-255, row-major. */
export function paint(scene: Scene, marks: MarkPainter, contrast: number, size: number): Uint8Array {
  const canvas = new Float32Array(size * size * 3);
  const color = new Float32Array(3);
  const point = leafPoint();
  const front = scene.leaves.length - 1;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      paintGround(scene, x, y, color);
      for (let k = 0; k <= front; k++) {
        paintLeaf(scene, scene.leaves[k]!, x, y, point, color, k === front ? marks : undefined, contrast, size);
      }
      paintSpecks(scene, x, y, color);
      const light = lightAt(scene, x, y, size);
      const at = (y * size + x) * 3;
      for (let c = 0; c < 3; c++) canvas[at + c] = color[c]! * light;
    }
  }
  return develop(canvas, scene, size);
}

function paintGround(scene: Scene, x: number, y: number, color: Float32Array): void {
  const { low, high, cos, sin, grain, stretch } = scene.ground;
  const u = (x * cos + y * sin) / (grain * stretch);
  const v = (y * cos - x * sin) / grain;
  const t = smoothstep(0.65 * valueNoise(u, v, scene.seed) + 0.35 * valueNoise(2.3 * u, 2.3 * v, scene.seed + 1));
  for (let c = 0; c < 3; c++) color[c] = low[c]! + (high[c]! - low[c]!) * t;
}

const tissue = new Float32Array(3);
const mark: Mark = { tone: 0, brown: 0, amber: 0 };

function paintLeaf(
  scene: Scene,
  leaf: SceneLeaf,
  x: number,
  y: number,
  point: LeafPoint,
  color: Float32Array,
  marks: MarkPainter | undefined,
  contrast: number,
  size: number,
): void {
  const unit = size / 64;
  const stalk = stalkCover(leaf.shape, x, y, unit);
  for (let c = 0; c < 3; c++) color[c]! += (leaf.stalk[c]! - color[c]!) * stalk;
  locate(leaf.shape, x, y, point);
  // A shadow around the leaf sets it off from what lies behind.
  const shadow = 0.45 * clamp01(1 + point.edge / (3 * unit));
  const cover = clamp01(point.edge + 0.5);
  if (shadow <= 0) return;
  const bend = 0.8 + 0.4 * valueNoise(x / (9 * unit), y / (9 * unit), scene.seed + 2);
  const fold = 1 + (point.across < 0 ? -leaf.fold : leaf.fold);
  for (let c = 0; c < 3; c++) tissue[c] = leaf.tissue[c]!;
  if (marks !== undefined && cover > 0) {
    mark.tone = 0;
    mark.brown = 0;
    mark.amber = 0;
    marks(point, x, y, mark);
    applyMark(tissue, mark, contrast);
  }
  const midrib = clamp01(1.3 - Math.abs(point.across) / (0.8 * unit));
  const side = 0.45 * clamp01(1.2 - point.vein / (0.7 * unit));
  const vein = Math.max(midrib, side) * (marks === undefined ? 1 : 1 - Math.max(mark.brown, mark.amber));
  for (let c = 0; c < 3; c++) {
    const plain = tissue[c]! + (leaf.vein[c]! - tissue[c]!) * vein;
    const behind = color[c]! * (1 - shadow);
    color[c] = behind + (plain * bend * fold - behind) * cover;
  }
}

function stalkCover(shape: LeafShape, x: number, y: number, unit: number): number {
  const dx = x - shape.x;
  const dy = y - shape.y;
  const along = dx * shape.stalkCos + dy * shape.stalkSin;
  return along < 0 ? 0 : clamp01(0.8 * unit + 0.5 - Math.abs(dy * shape.stalkCos - dx * shape.stalkSin));
}

function paintSpecks(scene: Scene, x: number, y: number, color: Float32Array): void {
  for (const speck of scene.specks) {
    const dx = x - speck.x;
    const dy = y - speck.y;
    const cover = clamp01(speck.radius + 0.5 - Math.sqrt(dx * dx + dy * dy));
    for (let c = 0; c < 3; c++) color[c]! += (speck.color[c]! - color[c]!) * cover;
  }
}

function lightAt(scene: Scene, x: number, y: number, size: number): number {
  const { cos, sin, amount, fleck, fleckWidth } = scene.light;
  const place = ((x / size - 0.5) * cos + (y / size - 0.5) * sin) * 2;
  return (1 + amount * place) * (1 + fleck * (2 * valueNoise(x / fleckWidth, y / fleckWidth, scene.seed + 3) - 1));
}

/** What the camera makes of the light: blur over 3x3 pixels, white balance and exposure, grain, 8 bits. */
function develop(canvas: Float32Array, scene: Scene, size: number): Uint8Array {
  const { gain, offset, blur, noise } = scene.camera;
  const out = new Uint8Array(canvas.length);
  for (let y = 0; y < size; y++) {
    const up = Math.max(y - 1, 0) * size;
    const down = Math.min(y + 1, size - 1) * size;
    for (let x = 0; x < size; x++) {
      const left = Math.max(x - 1, 0);
      const right = Math.min(x + 1, size - 1);
      for (let c = 0; c < 3; c++) {
        const at = (y * size + x) * 3 + c;
        const around =
          canvas[(up + x) * 3 + c]! +
          canvas[(down + x) * 3 + c]! +
          canvas[(y * size + left) * 3 + c]! +
          canvas[(y * size + right) * 3 + c]!;
        const sharp = canvas[at]!;
        const soft = sharp + (around / 4 - sharp) * blur;
        // The difference of two uniforms is a triangle: close enough to a camera's noise.
        const grain = latticeHash(at, 1, scene.seed) - latticeHash(at, 2, scene.seed);
        out[at] = Math.round(255 * clamp01(soft * gain[c]! + offset + 2.4 * noise * grain));
      }
    }
  }
  return out;
}
