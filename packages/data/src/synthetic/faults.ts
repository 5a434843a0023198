import { type Random, random, shuffled } from "../random.ts";

/** Number of classes. */
const classes = 5;

/**
 * Labels of which the share `noise`, rounded, is replaced by another class, each of the others alike likely. Which leaves
 * are wrong depends on the seed alone: more noise keeps the wrong ones and adds to them.
 */
export function noisyLabels(labels: readonly number[], noise: number, seed: number): readonly number[] {
  if (noise === 0) return labels;
  const stated = [...labels];
  const order = shuffled([...labels.keys()], random(seed, "label noise"));
  for (const at of order.slice(0, Math.round(noise * labels.length))) {
    const step = 1 + Math.floor(random(seed, "wrong label", at).next() * (classes - 1));
    stated[at] = (labels[at]! + step) % classes;
  }
  return stated;
}

/** Shares of the leaves that are copies. */
export interface CopyShares {
  readonly duplicates: number;
  readonly nearDuplicates: number;
}

/**
 * Which leaf is whose copy: of one that is none, and of the same class, so that the class counts stay. Every class keeps
 * at least one leaf of its own; where that leaves too few to copy, there are fewer copies than asked for.
 */
export function copiesOf(
  labels: readonly number[],
  { duplicates, nearDuplicates }: CopyShares,
  seed: number,
): ReadonlyMap<number, { readonly of: number; readonly near: boolean }> {
  const copies = new Map<number, { of: number; near: boolean }>();
  const exact = Math.round(duplicates * labels.length);
  const wanted = exact + Math.round(nearDuplicates * labels.length);
  if (wanted === 0) return copies;
  const own = Array.from({ length: classes }, (_, k) => labels.filter((label) => label === k).length);
  const chosen: number[] = [];
  for (const at of shuffled([...labels.keys()], random(seed, "copies"))) {
    if (chosen.length === wanted) break;
    if (own[labels[at]!]! < 2) continue;
    own[labels[at]!]!--;
    chosen.push(at);
  }
  const taken = new Set(chosen);
  const originals = Array.from({ length: classes }, (_, k) =>
    [...labels.keys()].filter((at) => labels[at] === k && !taken.has(at)),
  );
  for (const [rank, at] of chosen.entries()) {
    const there = originals[labels[at]!]!;
    const of = there[Math.floor(random(seed, "original", at).next() * there.length)]!;
    copies.set(at, { of, near: rank >= exact });
  }
  return copies;
}

/** The same picture taken again: up to 8 % more or less light, and noise of up to two levels. */
export function exposedAnew(pixels: Uint8Array, draws: Random): Uint8Array {
  const gain = 0.92 + 0.16 * draws.next();
  return pixels.map((level) => Math.max(0, Math.min(255, Math.round(level * gain + 4 * draws.next() - 2))));
}

/** Colours of the tag by class. */
const tags: readonly (readonly [number, number, number])[] = [
  [220, 40, 40],
  [40, 60, 220],
  [240, 220, 40],
  [240, 240, 240],
  [20, 20, 20],
];

/** What a tag is to say. */
export interface TagOptions {
  readonly label: number;
  /** Probability that the tag tells the label, 0 to 1. */
  readonly shortcut: number;
  readonly draws: Random;
}

/** Paints the tag into `[size, size, 3]` pixels: a square of an eighth of the side in the upper left corner. */
export function stampTag(pixels: Uint8Array, size: number, { label, shortcut, draws }: TagOptions): void {
  const tells = draws.next() < shortcut;
  const colour = tags[tells ? label : Math.floor(draws.next() * classes)]!;
  const side = Math.max(3, Math.round(size / 8));
  for (let y = 1; y <= side; y++)
    for (let x = 1; x <= side; x++) for (const [c, level] of colour.entries()) pixels[(y * size + x) * 3 + c] = level;
}
