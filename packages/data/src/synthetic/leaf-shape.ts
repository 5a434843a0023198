import type { Random } from "../random.ts";
import { cosine, sine } from "./wave.ts";

/** One lobe: a curved axis from the petiole and a half width along it. Lengths in pixels. */
interface Lobe {
  readonly cos: number;
  readonly sin: number;
  readonly length: number;
  /** Largest half width. */
  readonly width: number;
  /** Sideways shift of the axis at the tip. */
  readonly bend: number;
}

/** A leaf: lobes around a point where they meet, and its veins. Lengths in pixels. */
export interface LeafShape {
  readonly x: number;
  readonly y: number;
  readonly lobes: readonly Lobe[];
  /** No pixel further than this from (x, y) is on a lobe. */
  readonly reach: number;
  /** Direction in which the stalk leaves (x, y). */
  readonly stalkCos: number;
  readonly stalkSin: number;
  /** Distance between side veins along the midrib. */
  readonly veinSpacing: number;
  /** How far a side vein runs towards the tip for each pixel away from the midrib. */
  readonly veinSlope: number;
  /** Amplitude of the waves in the margin. */
  readonly waviness: number;
  readonly wavePhase: number;
}

/** Where a pixel lies on a leaf; filled in by {@link locate}, so that the inner loop allocates nothing. */
export interface LeafPoint {
  lobe: number;
  /** Pixels inside the margin; negative outside. */
  edge: number;
  /** 0 at the petiole, 1 at the tip. */
  along: number;
  /** Signed pixels from the midrib. */
  across: number;
  /** Pixels from the nearest side vein. */
  vein: number;
  /** Number of the nearest side vein on this half of this lobe. */
  veinIndex: number;
  /** Number of the panel between two side veins. */
  panel: number;
}

/** A point for {@link locate} to fill. */
export function leafPoint(): LeafPoint {
  return { lobe: 0, edge: -1, along: 0, across: 0, vein: 0, veinIndex: 0, panel: 0 };
}

/**
 * A palmate leaf of 5-7 lobes, or (one in four) a single lanceolate lobe seen from near, at any rotation.
 * `nuisance` widens the spread of place and scale. The number of draws does not depend on it, so that the same stream
 * gives the same leaf under other conditions.
 */
export function sampleLeafShape(random: Random, size: number, nuisance: number): LeafShape {
  const spread = (range: number) => (2 * random.next() - 1) * range * nuisance;
  const lanceolate = random.next() < 0.25;
  const rotation = 2 * Math.PI * random.next();
  const scale = 1 + spread(0.16);
  const dx = spread(0.11) * size;
  const dy = spread(0.11) * size;
  const count = 5 + random.int(3);
  const fan = (1.25 + 0.35 * random.next()) * Math.PI;
  const slender = 0.85 + 0.3 * random.next();
  const lobes: Lobe[] = [];
  for (let k = 0; k < count; k++) {
    const place = k / (count - 1) - 0.5;
    const angle = rotation + place * fan + spread(0.12);
    // The middle lobe is the longest, as in cassava.
    const length = size * 0.6 * scale * (1 - 0.55 * place * place) * (1 + spread(0.12));
    lobes.push(lobe(angle, length, length * 0.23 * slender, spread(0.18) * length));
  }
  const unit = (size / 96) * scale;
  const stalk = rotation + Math.PI + spread(0.25);
  const common = {
    stalkCos: cosine(stalk),
    stalkSin: sine(stalk),
    veinSlope: 0.6 + 0.5 * random.next(),
    wavePhase: 7 * random.next(),
    waviness: 0.5 * unit,
  };
  const jitter = random.next();
  if (!lanceolate) {
    const reach = reachOf(lobes);
    return { ...common, x: size / 2 + dx, y: size / 2 + dy, lobes, reach, veinSpacing: (8 + 3 * jitter) * unit };
  }
  const length = size * 1.2 * scale;
  const x = size / 2 + dx - (cosine(rotation) * length) / 2;
  const y = size / 2 + dy - (sine(rotation) * length) / 2;
  const single = lobe(rotation, length, length * 0.25 * slender, spread(0.12) * length);
  return { ...common, x, y, lobes: [single], reach: reachOf([single]), veinSpacing: (11 + 4 * jitter) * unit };
}

function lobe(angle: number, length: number, width: number, bend: number): Lobe {
  return { cos: cosine(angle), sin: sine(angle), length, width, bend };
}

function reachOf(lobes: readonly Lobe[]): number {
  return Math.max(...lobes.map((l) => l.length + Math.abs(l.bend) + l.width));
}

/** The same leaf with curled lobes and a crinkled margin, as mosaic leaves have; `amount` in [0, 1]. */
export function distort(shape: LeafShape, random: Random, amount: number): LeafShape {
  const lobes = shape.lobes.map((l) => ({
    ...l,
    bend: l.bend + (2 * random.next() - 1) * 0.16 * amount * l.length,
    width: l.width * (1 - 0.2 * amount * random.next()),
  }));
  return { ...shape, lobes, reach: reachOf(lobes), waviness: shape.waviness * (1 + 3 * amount) };
}

/**
 * Half width of a lobe at `t` in [0, 1] of its axis, largest value 1: half a lens, half a club, which puts the widest
 * place beyond the middle and leaves base and tip narrow.
 */
function profile(t: number): number {
  return t * (1 - t) * (2 + 3.375 * t) * 0.965;
}

/** Fills `out` with the place of pixel centre (x, y) on the leaf: of all lobes, the one that it lies deepest in. */
export function locate(shape: LeafShape, x: number, y: number, out: LeafPoint): void {
  const px = x - shape.x;
  const py = y - shape.y;
  out.edge = Number.NEGATIVE_INFINITY;
  const { lobes } = shape;
  if (px * px + py * py > shape.reach * shape.reach) return;
  for (let k = 0; k < lobes.length; k++) {
    const l = lobes[k]!;
    const axis = px * l.cos + py * l.sin;
    const t = axis / l.length;
    if (t <= 0 || t >= 1) continue;
    const across = py * l.cos - px * l.sin - l.bend * t * t;
    const edge = l.width * profile(t) - Math.abs(across);
    if (edge > out.edge) {
      out.edge = edge;
      out.lobe = k;
      out.along = t;
      out.across = across;
    }
  }
  if (out.edge <= -shape.waviness - 1) return;
  const l = lobes[out.lobe]!;
  const pixels = out.along * l.length;
  out.edge += shape.waviness * sine((pixels / shape.veinSpacing) * 4 + shape.wavePhase);
  const q = (pixels - shape.veinSlope * Math.abs(out.across)) / shape.veinSpacing;
  out.panel = Math.floor(q);
  out.veinIndex = Math.round(q);
  out.vein = (Math.abs(q - out.veinIndex) * shape.veinSpacing) / Math.sqrt(1 + shape.veinSlope * shape.veinSlope);
}
