import { develop } from "./develop.ts";
import { type LeafPoint, type LeafShape, leafPoint, locate } from "./leaf-shape.ts";
import { applyMark, type Mark, type MarkPainter } from "./marks.ts";
import { clamp01, smoothstep, valueNoise } from "./noise.ts";
import type { Ground, Light, Scene, SceneLeaf, Speck } from "./scene.ts";

/** What the painter writes over at every pixel, so that the inner loop allocates nothing. */
interface Scratch {
  readonly color: Float32Array;
  readonly tissue: Float32Array;
  readonly point: LeafPoint;
  readonly mark: Mark;
}

/**
 * Paints the scene, with marks of opacity `contrast` on its front leaf: `[size, size, 3]`, RGB 0-255, row-major.
 */
export function paint(scene: Scene, marks: MarkPainter, contrast: number, size: number): Uint8Array {
  const unit = size / 64;
  const canvas = new Float32Array(size * size * 3);
  const scratch: Scratch = {
    color: new Float32Array(3),
    tissue: new Float32Array(3),
    point: leafPoint(),
    mark: { tone: 0, brown: 0, amber: 0 },
  };
  const { color } = scratch;
  const behind = scene.leaves.slice(0, -1);
  const front = scene.leaves.at(-1)!;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      paintGround(scene.ground, x, y, color);
      for (const leaf of behind) paintLeaf(leaf, x, y, unit, scratch, healthy, 0);
      paintLeaf(front, x, y, unit, scratch, marks, contrast);
      for (const speck of scene.specks) paintSpeck(speck, x, y, color);
      const light = lightAt(scene.light, x, y, size);
      const at = (y * size + x) * 3;
      for (let c = 0; c < 3; c++) canvas[at + c] = color[c]! * light;
    }
  }
  return develop(canvas, scene.camera, size);
}

const healthy: MarkPainter = () => {};

/** Two octaves of noise, stretched along one direction like stalks and furrows, between two colours. */
function paintGround({ low, high, cos, sin, grain, stretch, seed }: Ground, x: number, y: number, color: Float32Array) {
  const u = (x * cos + y * sin) / (grain * stretch);
  const v = (y * cos - x * sin) / grain;
  const t = smoothstep(0.65 * valueNoise(u, v, seed) + 0.35 * valueNoise(2.3 * u, 2.3 * v, seed + 1));
  for (let c = 0; c < 3; c++) color[c] = low[c]! + (high[c]! - low[c]!) * t;
}

function paintLeaf(
  leaf: SceneLeaf,
  x: number,
  y: number,
  unit: number,
  { color, tissue, point, mark }: Scratch,
  marks: MarkPainter,
  contrast: number,
): void {
  const stalk = stalkCover(leaf.shape, x, y, unit);
  if (stalk > 0) fade(color, leaf.stalk, stalk);
  locate(leaf.shape, x, y, point);
  // A shadow around the leaf sets it off from what lies behind.
  const shadow = 0.45 * clamp01(1 + point.edge / (3 * unit));
  for (let c = 0; c < 3; c++) color[c]! *= 1 - shadow;
  const cover = clamp01(point.edge + 0.5);
  if (cover === 0) return;

  for (let c = 0; c < 3; c++) tissue[c] = leaf.tissue[c]!;
  mark.tone = 0;
  mark.brown = 0;
  mark.amber = 0;
  marks(point, x, y, mark);
  applyMark(tissue, mark, contrast);
  const midrib = clamp01(1.3 - Math.abs(point.across) / (0.8 * unit));
  const side = 0.45 * clamp01(1.2 - point.vein / (0.7 * unit));
  fade(tissue, leaf.vein, Math.max(midrib, side) * (1 - Math.max(mark.brown, mark.amber)));

  // The blade is wavy, and each lobe is folded along its midrib: both show as brightness.
  const wave = 0.8 + 0.4 * valueNoise(x / (9 * unit), y / (9 * unit), leaf.seed);
  const brightness = wave * (1 + (point.across < 0 ? -leaf.fold : leaf.fold));
  for (let c = 0; c < 3; c++) color[c]! += (tissue[c]! * brightness - color[c]!) * cover;
}

function fade(color: Float32Array, to: ArrayLike<number>, share: number): void {
  for (let c = 0; c < 3; c++) color[c]! += (to[c]! - color[c]!) * share;
}

function stalkCover({ x: x0, y: y0, stalkCos, stalkSin }: LeafShape, x: number, y: number, unit: number): number {
  const dx = x - x0;
  const dy = y - y0;
  if (dx * stalkCos + dy * stalkSin < 0) return 0;
  return clamp01(0.8 * unit + 0.5 - Math.abs(dy * stalkCos - dx * stalkSin));
}

function paintSpeck(speck: Speck, x: number, y: number, color: Float32Array): void {
  const dx = x - speck.x;
  const dy = y - speck.y;
  const rim = speck.radius + 0.5;
  if (dx * dx + dy * dy < rim * rim) fade(color, speck.color, clamp01(rim - Math.sqrt(dx * dx + dy * dy)));
}

function lightAt({ cos, sin, amount, fleck, fleckWidth, seed }: Light, x: number, y: number, size: number): number {
  const place = ((x / size - 0.5) * cos + (y / size - 0.5) * sin) * 2;
  return (1 + amount * place) * (1 + fleck * (2 * valueNoise(x / fleckWidth, y / fleckWidth, seed) - 1));
}
