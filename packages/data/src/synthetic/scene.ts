import type { Random } from "../random.ts";
import { type LeafShape, sampleLeafShape } from "./leaf-shape.ts";
import { cosine, sine } from "./wave.ts";

/** Red, green, blue; 0-1. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Noise between two colours. Lengths in pixels. */
export interface Ground {
  readonly low: Rgb;
  readonly high: Rgb;
  /** Direction of the furrows or stalks. */
  readonly cos: number;
  readonly sin: number;
  readonly grain: number;
  /** How much longer than wide the grains are. */
  readonly stretch: number;
  readonly seed: number;
}

/** A leaf of the scene and its healthy colours. */
export interface SceneLeaf {
  readonly shape: LeafShape;
  readonly tissue: Rgb;
  readonly vein: Rgb;
  readonly stalk: Rgb;
  /** Half the difference in brightness between the halves of a lobe, which is folded along its midrib. */
  readonly fold: number;
  readonly seed: number;
}

/** A crumb of soil or a drop of water. Lengths in pixels. */
export interface Speck {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly color: Rgb;
}

/** Brightness rises along (cos, sin), from 1 - amount to 1 + amount; on it lie flecks of sun. Lengths in pixels. */
export interface Light {
  readonly cos: number;
  readonly sin: number;
  readonly amount: number;
  readonly fleck: number;
  readonly fleckWidth: number;
  readonly seed: number;
}

/** White balance with exposure (a factor for each channel), black level, share of blur, standard deviation of noise. */
export interface Camera {
  readonly gain: Rgb;
  readonly offset: number;
  readonly blur: number;
  readonly noise: number;
  readonly seed: number;
}

/** Everything in a photograph that says nothing about the class. */
export interface Scene {
  readonly ground: Ground;
  /** From the back to the front; the last one is the leaf that the photograph shows. */
  readonly leaves: readonly [...SceneLeaf[], SceneLeaf];
  readonly specks: readonly Speck[];
  readonly light: Light;
  readonly camera: Camera;
}

/** Dark and light colour of red soil, purple soil, straw, grass, undergrowth, haze. */
const GROUNDS: readonly { readonly low: Rgb; readonly high: Rgb }[] = [
  { low: [0.26, 0.17, 0.11], high: [0.6, 0.46, 0.35] },
  { low: [0.3, 0.22, 0.25], high: [0.66, 0.56, 0.57] },
  { low: [0.3, 0.24, 0.13], high: [0.78, 0.7, 0.5] },
  { low: [0.1, 0.18, 0.06], high: [0.46, 0.6, 0.28] },
  { low: [0.03, 0.05, 0.03], high: [0.24, 0.29, 0.19] },
  { low: [0.5, 0.55, 0.5], high: [0.88, 0.9, 0.92] },
];

/** Corners of the triangle in which a leaf's colour lies. */
const DARK_GREEN: Rgb = [0.14, 0.31, 0.12];
const YELLOW_GREEN: Rgb = [0.5, 0.6, 0.2];
const BLUE_GREEN: Rgb = [0.3, 0.5, 0.36];

/**
 * A leaf before up to two others, on some ground, in some light, through some camera. `size` in pixels; `nuisance` widens
 * every spread. The number of draws depends on neither, so that one stream gives one scene under all conditions.
 */
export function sampleScene(random: Random, size: number, nuisance: number): Scene {
  const front = sampleLeaf(random, size, nuisance);
  const behind = Array.from({ length: random.int(3) }, () =>
    movedBack(sampleLeaf(random, size, nuisance), random, size),
  );
  return {
    ground: sampleGround(random, size, nuisance),
    leaves: [...behind, front],
    light: sampleLight(random, size, nuisance),
    camera: sampleCamera(random, nuisance),
    specks: sampleSpecks(random, size, nuisance),
  };
}

function sampleLeaf(random: Random, size: number, nuisance: number): SceneLeaf {
  const shape = sampleLeafShape(random, size, nuisance);
  // Uniform in the triangle of the three greens: a point of the square beyond its diagonal is mirrored back.
  let toYellow = random.next();
  let toBlue = random.next();
  if (toYellow + toBlue > 1) {
    toYellow = 1 - toYellow;
    toBlue = 1 - toBlue;
  }
  const green = (c: 0 | 1 | 2) =>
    DARK_GREEN[c] + (YELLOW_GREEN[c] - DARK_GREEN[c]) * toYellow + (BLUE_GREEN[c] - DARK_GREEN[c]) * toBlue;
  const tissue: Rgb = [green(0), green(1), green(2)];
  const ribs: Rgb = random.next() < 0.25 ? [0.7, 0.35, 0.35] : [0.78, 0.85, 0.55];
  return {
    shape,
    tissue,
    vein: mix(tissue, ribs, 0.35 + 0.2 * random.next()),
    stalk: mix([0.45, 0.6, 0.25], [0.6, 0.2, 0.25], random.next()),
    fold: spread(random, 0.16 * nuisance),
    seed: random.int(2 ** 32),
  };
}

/** The leaf at the border of the picture, in the shade of those before it. */
function movedBack(leaf: SceneLeaf, random: Random, size: number): SceneLeaf {
  const { cos, sin } = direction(random);
  const distance = size * (0.45 + 0.25 * random.next());
  const shade = 0.5 + 0.35 * random.next();
  return {
    ...leaf,
    shape: { ...leaf.shape, x: leaf.shape.x + cos * distance, y: leaf.shape.y + sin * distance },
    tissue: scaled(leaf.tissue, shade),
    vein: scaled(leaf.vein, shade),
    stalk: scaled(leaf.stalk, shade),
  };
}

function sampleGround(random: Random, size: number, nuisance: number): Ground {
  const { low, high } = GROUNDS[random.int(GROUNDS.length)]!;
  const brightness = 1 + spread(random, 0.3 * nuisance);
  return {
    low: scaled(low, brightness),
    high: scaled(high, brightness),
    ...direction(random),
    grain: ((2 + 4 * random.next()) * size) / 64,
    stretch: 1 + 2.5 * random.next(),
    seed: random.int(2 ** 32),
  };
}

function sampleLight(random: Random, size: number, nuisance: number): Light {
  return {
    ...direction(random),
    amount: 0.3 * nuisance * random.next(),
    fleck: 0.22 * nuisance * random.next(),
    fleckWidth: ((14 + 12 * random.next()) * size) / 64,
    seed: random.int(2 ** 32),
  };
}

function sampleCamera(random: Random, nuisance: number): Camera {
  const exposure = 1 + spread(random, 0.3 * nuisance);
  const channel = (range: number) => exposure * (1 + spread(random, range * nuisance));
  return {
    gain: [channel(0.14), channel(0.06), channel(0.2)],
    offset: spread(random, 0.05 * nuisance),
    blur: 0.5 * nuisance * random.next(),
    noise: 0.03 * nuisance * random.next(),
    seed: random.int(2 ** 32),
  };
}

function sampleSpecks(random: Random, size: number, nuisance: number): Speck[] {
  const count = Math.floor((1 + 8 * nuisance) * random.next());
  return Array.from({ length: count }, () => {
    const tone = random.next();
    const wet = 0.7 + 0.3 * tone;
    const color: Rgb = random.next() < 0.5 ? [0.35 * tone, 0.27 * tone, 0.2 * tone] : [wet, wet, wet - 0.05];
    const radius = ((0.5 + 0.6 * random.next()) * size) / 64;
    return { x: size * random.next(), y: size * random.next(), radius, color };
  });
}

function spread(random: Random, range: number): number {
  return (2 * random.next() - 1) * range;
}

function direction(random: Random): { cos: number; sin: number } {
  const angle = 2 * Math.PI * random.next();
  return { cos: cosine(angle), sin: sine(angle) };
}

function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

function scaled(color: Rgb, by: number): Rgb {
  return [color[0] * by, color[1] * by, color[2] * by];
}
