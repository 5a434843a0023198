import type { Random } from "../random.ts";
import type { DifficultyLevels } from "./difficulty.ts";
import type { LeafPoint, LeafShape } from "./leaf-shape.ts";
import { latticeHash, smoothstep, valueNoise } from "./noise.ts";
import { cosine, sine } from "./wave.ts";

/** What a disease does to the tissue at one point; all 0 on a healthy leaf. */
export interface Mark {
  /** -1 darker green … 1 yellow. */
  tone: number;
  /** 0 living … 1 dead, nearly black. */
  brown: number;
  /** 0 living … 1 a dead vein, amber. */
  amber: number;
}

/** Sets `out` for a point of the leaf at pixel (x, y). */
export type MarkPainter = (point: LeafPoint, x: number, y: number, out: Mark) => void;

/** Signs of one class, with draws of its own, so that the scene is the same whatever the class. */
type MarkSampler = (random: Random, shape: LeafShape, size: number, levels: DifficultyLevels) => MarkPainter;

/** A number in [0, 1) for a field between two side veins: `column` counts fields from the midrib outwards. */
function fieldHash(point: LeafPoint, column: number, seed: number): number {
  return latticeHash(2 * point.panel + (point.across < 0 ? 1 : 0), 16 * point.lobe + column, seed);
}

/** Bacterial blight: nearly black spots that end at the side veins (hence angular), each in a yellow halo. */
const angularSpots: MarkSampler = (random, shape, size, levels) => {
  const seed = random.int(2 ** 32);
  const share = (0.5 + 0.25 * random.next()) * levels.amount;
  const unit = size / 64;
  const reach = 0.55 * shape.veinSpacing;
  return (point, x, y, out) => {
    if (fieldHash(point, 0, seed) >= share) return;
    const lobe = shape.lobes[point.lobe]!;
    const middle = (0.15 + 0.6 * fieldHash(point, 1, seed)) * lobe.width;
    const half = reach * (0.75 + 0.5 * fieldHash(point, 2, seed));
    const ragged = (valueNoise(x / (1.5 * unit), y / (1.5 * unit), seed) - 0.5) * 1.4 * unit;
    const inside = (half + ragged - Math.abs(Math.abs(point.across) - middle)) / unit;
    out.brown = smoothstep(inside) * smoothstep((point.vein / unit + 0.4) / 0.9);
    out.tone = smoothstep((inside + 2.2) / 1.5) * (1 - out.brown);
  };
};

/** Brown streak disease: brown, feathered lines along side veins and midribs. */
const streaks: MarkSampler = (random, _shape, size, levels) => {
  const seed = random.int(2 ** 32);
  const share = (0.6 + 0.25 * random.next()) * levels.amount;
  const unit = size / 64;
  return (point, _x, _y, out) => {
    const side = point.across < 0 ? 1 : 0;
    const onSide = latticeHash(2 * point.veinIndex + side, point.lobe, seed) < share;
    const onMidrib = latticeHash(-1, point.lobe, seed) < share;
    const distance = Math.min(onSide ? point.vein : 99 * unit, onMidrib ? Math.abs(point.across) : 99 * unit) / unit;
    out.amber = 1 - smoothstep(distance - 0.4);
    out.tone = 1 - smoothstep((distance - 0.7) / 1.7);
  };
};

/** Green mottle: fine pale and dark dots all over the leaf, across the veins. */
const mottle: MarkSampler = (random, _shape, size, levels) => {
  const seed = random.int(2 ** 32);
  const grain = ((1.8 + 0.5 * random.next()) * size) / 64;
  // The lattice of the noise is turned: squares along the pixel rows would catch the eye.
  const angle = 2 * Math.PI * random.next();
  const cos = cosine(angle) / grain;
  const sin = sine(angle) / grain;
  return (_point, x, y, out) => {
    const n = valueNoise(x * cos + y * sin, y * cos - x * sin, seed) - 0.5;
    out.tone = Math.max(-1, Math.min(1, 5 * n)) * levels.amount;
  };
};

/** Mosaic disease: whole fields between veins are yellow or dark, with sharp borders. */
const mosaic: MarkSampler = (random, shape, _size, levels) => {
  const seed = random.int(2 ** 32);
  const width = shape.veinSpacing * (1.2 + 0.4 * random.next());
  const share = levels.amount;
  return (point, _x, _y, out) => {
    const h = fieldHash(point, Math.floor(Math.abs(point.across) / width), seed);
    if (h < share) out.tone = h < share / 2 ? 1 : -1;
  };
};

const healthy: MarkSampler = () => () => {};

/** By class index, in the order of the competition. */
const SAMPLERS: readonly MarkSampler[] = [angularSpots, streaks, mottle, mosaic, healthy];

/** The marks of class `label` (0-4) on a leaf of this shape, in a picture of `size` pixels. */
export function sampleMarks(
  label: number,
  random: Random,
  shape: LeafShape,
  size: number,
  levels: DifficultyLevels,
): MarkPainter {
  return SAMPLERS[label]!(random, shape, size, levels);
}

/** Whether leaves of the class grow distorted. */
export function isDistorted(label: number): boolean {
  return label === 3;
}

/**
 * Changes `color` (0-1) as `mark` says, with opacity `contrast` in [0, 1]. A tone moves the colour as far towards yellow
 * as towards dark green, so that pale and dark places of a leaf cancel in its mean colour, and leaves differ far more.
 */
export function applyMark(color: Float32Array, mark: Mark, contrast: number): void {
  const tone = mark.tone * contrast;
  color[0]! += tone * 0.22;
  color[1]! += tone * 0.17;
  color[2]! += tone * 0.03;
  fade(color, 0.5, 0.29, 0.1, mark.amber * contrast);
  fade(color, 0.15, 0.09, 0.06, mark.brown * contrast);
}

function fade(color: Float32Array, red: number, green: number, blue: number, share: number): void {
  color[0]! += (red - color[0]!) * share;
  color[1]! += (green - color[1]!) * share;
  color[2]! += (blue - color[2]!) * share;
}
