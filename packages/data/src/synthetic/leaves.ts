import type { ClassInfo } from "@cassava/contracts";
import { random, shuffled } from "../random.ts";
import { difficultyLevels } from "./difficulty.ts";
import { distort } from "./leaf-shape.ts";
import { isDistorted, sampleMarks } from "./marks.ts";
import { paint } from "./paint.ts";
import { sampleScene } from "./scene.ts";

export const SYNTHETIC_CLASSES: readonly ClassInfo[] = [
  "Cassava Bacterial Blight (CBB)",
  "Cassava Brown Streak Disease (CBSD)",
  "Cassava Green Mottle (CGM)",
  "Cassava Mosaic Disease (CMD)",
  "Healthy",
].map((name, index) => ({ index, name }));

export interface SyntheticLeavesOptions {
  readonly count?: number;
  readonly seed?: number;
  readonly size?: number;
  readonly difficulty?: number;
  readonly shares?: readonly number[];
}
export interface SyntheticLeaf {
  readonly id: string;
  readonly label: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export function labelsOf(count: number, seed: number, shares: readonly number[]): number[] {
  const exact = shares.map((s) => s * count);
  const counts = exact.map(Math.floor);
  const order = exact.map((e, k) => [e - Math.floor(e), k] as const).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  let left = count - counts.reduce((a, b) => a + b, 0);
  for (const [, k] of order) if (left-- > 0) counts[k]!++;
  return shuffled(
    counts.flatMap((n, k) => new Array<number>(n).fill(k)),
    random(seed, "labels"),
  );
}
export function draw(index: number, label: number, seed: number, size: number, difficulty: number): Uint8Array {
  const levels = difficultyLevels(difficulty);
  const scene = sampleScene(random(seed, "scene", index), size, levels.nuisance);
  const r = random(seed, "marks", index);
  let leaf = scene.leaves[scene.leaves.length - 1]!;
  if (isDistorted(label)) leaf = { ...leaf, shape: distort(leaf.shape, r, 0.8) };
  const leaves = [...scene.leaves.slice(0, -1), leaf];
  return paint({ ...scene, leaves }, sampleMarks(label, r, leaf.shape, size, levels), levels.contrast, size);
}
export function* syntheticLeaves({
  count = 1600,
  seed = 1,
  size = 64,
  difficulty = 0.5,
  shares = [0.0508, 0.1023, 0.1115, 0.6149, 0.1204],
}: SyntheticLeavesOptions = {}): Generator<SyntheticLeaf> {
  const labels = labelsOf(count, seed, shares);
  for (let i = 0; i < count; i++)
    yield {
      id: `leaf-${String(i).padStart(4, "0")}.jpg`,
      label: labels[i]!,
      width: size,
      height: size,
      pixels: draw(i, labels[i]!, seed, size, difficulty),
    };
}
