import type { ClassInfo } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { random } from "../random.ts";
import { difficultyLevels } from "./difficulty.ts";
import { exposedAnew, stampTag } from "./faults.ts";
import { distort } from "./leaf-shape.ts";
import { isDistorted, sampleMarks } from "./marks.ts";
import { paint } from "./paint.ts";
import { type LeafPlan, leafPlan, type SyntheticLeavesOptions } from "./plan.ts";
import { sampleScene } from "./scene.ts";

export type { SyntheticLeavesOptions } from "./plan.ts";

/** The classes of the cassava competition, in its order and under its names (`label_num_to_disease_map.json`). */
export const SYNTHETIC_CLASSES: readonly ClassInfo[] = [
  { index: 0, name: "Cassava Bacterial Blight (CBB)" },
  { index: 1, name: "Cassava Brown Streak Disease (CBSD)" },
  { index: 2, name: "Cassava Green Mottle (CGM)" },
  { index: 3, name: "Cassava Mosaic Disease (CMD)" },
  { index: 4, name: "Healthy" },
];

/** A picture of a leaf, before any encoding. */
export interface SyntheticLeaf {
  /** `leaf-0000.jpg` and so on, with as many digits as the set needs, four at least. Unique in the set. */
  readonly id: string;
  /** Index in {@link SYNTHETIC_CLASSES}: what the data set says. */
  readonly label: number;
  /** Class whose marks were drawn; differs from `label` where labels are noisy. */
  readonly drawn: number;
  /** Id of the leaf whose picture this is (`duplicates`, `nearDuplicates`); absent where it has its own. */
  readonly copyOf?: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]`, RGB 0-255, row-major. */
  readonly pixels: Uint8Array;
}

/**
 * Pictures of cassava leaves with the marks of five classes, drawn one by one as they are asked for; the iterable can be
 * run again. The number of leaves of each class is the largest-remainder rounding of its share; their order is random.
 * Faults that real data sets have (imbalance, wrong labels, duplicates, a shortcut) are there where the options ask for
 * them, each leaf says which of them it has, and none changes what another leaf looks like.
 *
 * What tells the classes apart is texture on the front leaf: spots between the veins (0), streaks along them (1), fine
 * mottle across them (2), whole fields between them pale or dark, on a curled leaf (3), nothing (4). Ground, pose, leaf
 * colour, light, dirt, white balance, blur and noise vary with none of it: at the default difficulty a linear model of the
 * pixels does no better than the majority share, while at difficulty 0 it does (.65-.67 where that is .616). The same seed and options give the same pixels on every platform.
 *
 * Throws a DataError (OPTION_INVALID) at once for options out of range.
 */
export function syntheticLeaves(options: SyntheticLeavesOptions = {}): Iterable<SyntheticLeaf> {
  const plan = leafPlan(options);
  return {
    *[Symbol.iterator]() {
      for (let index = 0; index < plan.labels.length; index++) yield drawLeaf(plan, index);
    },
  };
}

/**
 * Leaf `index`, from 0, of the set that {@link syntheticLeaves} gives for the same options, without drawing the others.
 * Throws a DataError (OPTION_INVALID) for options out of range or an index outside the set.
 */
export function syntheticLeaf(index: number, options: SyntheticLeavesOptions = {}): SyntheticLeaf {
  const plan = leafPlan(options);
  if (!(Number.isInteger(index) && index >= 0 && index < plan.labels.length)) {
    const message = `syntheticLeaf: index is ${index}: use an integer from 0 to ${plan.labels.length - 1}`;
    throw new DataError("OPTION_INVALID", message);
  }
  return drawLeaf(plan, index);
}

function drawLeaf(plan: LeafPlan, index: number): SyntheticLeaf {
  const { labels, stated, copies, size, seed } = plan;
  const digits = Math.max(4, String(labels.length - 1).length);
  const idOf = (leaf: number): string => `leaf-${String(leaf).padStart(digits, "0")}.jpg`;
  const copy = copies.get(index);
  const original = picture(plan, copy?.of ?? index);
  return {
    id: idOf(index),
    label: stated[index]!,
    drawn: labels[index]!,
    ...(copy && { copyOf: idOf(copy.of) }),
    width: size,
    height: size,
    pixels: copy?.near ? exposedAnew(original, random(seed, "near", index)) : original,
  };
}

/** Scene and marks have streams of their own: leaf i of a seed keeps its scene whatever its class. */
function picture({ labels, stated, seed, size, difficulty, shortcut }: LeafPlan, index: number): Uint8Array {
  const label = labels[index]!;
  const levels = difficultyLevels(difficulty);
  const scene = sampleScene(random(seed, "scene", index), size, levels.nuisance);
  const stream = random(seed, "marks", index);
  const behind = scene.leaves.slice(0, -1);
  const front = scene.leaves.at(-1)!;
  const shape = isDistorted(label) ? distort(front.shape, stream, 0.8) : front.shape;
  const marks = sampleMarks(label, stream, shape, size, levels);
  const pixels = paint({ ...scene, leaves: [...behind, { ...front, shape }] }, marks, levels.contrast, size);
  if (shortcut > 0) stampTag(pixels, size, { label: stated[index]!, shortcut, draws: random(seed, "tag", index) });
  return pixels;
}
