import type { Random } from "../random.ts";
import { type LeafShape, sampleLeafShape } from "./leaf-shape.ts";
import { cosine, sine } from "./wave.ts";

/** Red, green, blue; 0-1. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A leaf of the scene and its healthy colours. */
export interface SceneLeaf {
  readonly shape: LeafShape;
  readonly tissue: Rgb;
  readonly vein: Rgb;
  readonly stalk: Rgb;
  /** Difference in brightness of the two halves of a lobe, which is folded along its midrib. */
  readonly fold: number;
}

/** A grain of soil or a drop of white on the leaf. Lengths in pixels. */
export interface Speck {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly color: Rgb;
}

/** Everything in a photograph that says nothing about the class. Lengths in pixels. */
export interface Scene {
  readonly ground: {
    readonly low: Rgb;
    readonly high: Rgb;
    readonly cos: number;
    readonly sin: number;
    readonly grain: number;
    readonly stretch: number;
  };
  /** From the back to the front; the last one bears the marks. */
  readonly leaves: readonly SceneLeaf[];
  readonly specks: readonly Speck[];
  /** Brightness rises along (cos, sin) from 1 - amount to 1 + amount; flecks of sun have about the given width. */
  readonly light: {
    readonly cos: number;
    readonly sin: number;
    readonly amount: number;
    readonly fleck: number;
    readonly fleckWidth: number;
  };
  readonly camera: { readonly gain: Rgb; readonly offset: number; readonly blur: number; readonly noise: number };
  /** Seed of the lattice noises. */
  readonly seed: number;
}

/** Dark and light colour of a ground: soil, purple soil, straw, grass, shade, hazy sky. */
const GROUNDS: readonly (readonly [Rgb, Rgb])[] = [
  [
    [0.26, 0.17, 0.11],
    [0.6, 0.46, 0.35],
  ],
  [
    [0.3, 0.22, 0.25],
    [0.66, 0.56, 0.57],
  ],
  [
    [0.3, 0.24, 0.13],
    [0.78, 0.7, 0.5],
  ],
  [
    [0.1, 0.18, 0.06],
    [0.46, 0.6, 0.28],
  ],
  [
    [0.03, 0.05, 0.03],
    [0.24, 0.29, 0.19],
  ],
  [
    [0.5, 0.55, 0.5],
    [0.88, 0.9, 0.92],
  ],
];

/** Corners of the triangle in which a leaf's colour lies: dark, yellowish, bluish green. */
const GREENS: readonly [Rgb, Rgb, Rgb] = [
  [0.14, 0.31, 0.12],
  [0.5, 0.6, 0.2],
  [0.3, 0.5, 0.36],
];

function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

function scaled(c: Rgb, by: number): Rgb {
  return [c[0] * by, c[1] * by, c[2] * by];
}

function sampleLeaf(random: Random, size: number, nuisance: number): SceneLeaf {
  const shape = sampleLeafShape(random, size, nuisance);
  const u = random.next();
  const v = random.next();
  // Uniform in the triangle.
  const tissue = u + v <= 1 ? mix3(u, v) : mix3(1 - u, 1 - v);
  const redVeins = random.next() < 0.25;
  const vein = mix(tissue, redVeins ? [0.7, 0.35, 0.35] : [0.78, 0.85, 0.55], 0.35 + 0.2 * random.next());
  const stalk = mix([0.45, 0.6, 0.25], [0.6, 0.2, 0.25], random.next());
  return { shape, tissue, vein, stalk, fold: (2 * random.next() - 1) * 0.16 * nuisance };
}

function mix3(u: number, v: number): Rgb {
  return mix(mix(GREENS[0], GREENS[1], u / Math.max(u + (1 - u - v), 1e-9)), GREENS[2], v);
}

/** A leaf before others, on some ground, in some light, through some camera. `size` in pixels. */
export function sampleScene(random: Random, size: number, nuisance: number): Scene {
  const unit = size / 64;
  const spread = (range: number) => (2 * random.next() - 1) * range * nuisance;
  const turn = () => {
    const angle = 2 * Math.PI * random.next();
    return { cos: cosine(angle), sin: sine(angle) };
  };
  const [low, high] = GROUNDS[random.int(GROUNDS.length)]!;
  const shift = 1 + spread(0.3);
  const ground = {
    low: scaled(low, shift),
    high: scaled(high, shift),
    ...turn(),
    grain: (2 + 4 * random.next()) * unit,
    stretch: 1 + 2.5 * random.next(),
  };
  const main = sampleLeaf(random, size, nuisance);
  const leaves: SceneLeaf[] = [];
  const others = random.int(3);
  for (let k = 0; k < others; k++) {
    const leaf = sampleLeaf(random, size, nuisance);
    const away = turn();
    const distance = size * (0.45 + 0.25 * random.next());
    const shape = { ...leaf.shape, x: leaf.shape.x + away.cos * distance, y: leaf.shape.y + away.sin * distance };
    const shade = 0.5 + 0.35 * random.next();
    leaves.push({ ...leaf, shape, tissue: scaled(leaf.tissue, shade), vein: scaled(leaf.vein, shade), stalk: scaled(leaf.stalk, shade) });
  }
  leaves.push(main);
  const specks: Speck[] = [];
  const dirt = random.int(1 + Math.round(8 * nuisance));
  for (let k = 0; k < dirt; k++) {
    const tone = random.next();
    const color: Rgb =
      random.next() < 0.5
        ? [0.35 * tone, 0.27 * tone, 0.2 * tone]
        : [0.7 + 0.3 * tone, 0.7 + 0.3 * tone, 0.65 + 0.3 * tone];
    specks.push({
      x: size * random.next(),
      y: size * random.next(),
      radius: (0.5 + 0.6 * random.next()) * unit,
      color,
    });
  }
  const light = {
    ...turn(),
    amount: Math.abs(spread(0.3)),
    fleck: Math.abs(spread(0.22)),
    fleckWidth: (14 + 12 * random.next()) * unit,
  };
  const exposure = 1 + spread(0.3);
  const gain: Rgb = [exposure * (1 + spread(0.14)), exposure * (1 + spread(0.06)), exposure * (1 + spread(0.2))];
  const camera = {
    gain,
    offset: spread(0.05),
    blur: random.next() * 0.5 * nuisance,
    noise: random.next() * 0.03 * nuisance,
  };
  return { ground, leaves, specks, light, camera, seed: random.int(2 ** 32) };
}
