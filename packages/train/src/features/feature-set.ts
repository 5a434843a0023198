import type { ClassInfo } from "@cassava/contracts";
import { fromHalves } from "./half-floats.ts";

/** Numbers of features: float32, or the bits of float16. */
export type FeatureValues = Float32Array | Uint16Array;

/** How features are kept, in memory and in a cache: float16 takes half the bytes and rounds to 11 bits, a relative error of 2^-11. */
export type FeaturePrecision = "float32" | "float16";

/** What features of a precision are held in. */
export type ValuesOf<Precision extends FeaturePrecision> = Precision extends "float16" ? Uint16Array : Float32Array;

/** Features of one split, in memory: n x width x 4 bytes, or 2 for float16. */
export interface FeatureSet<Values extends FeatureValues = Float32Array> {
  readonly classes: readonly ClassInfo[];
  readonly ids: readonly string[];
  /** `[n, ...shape]`, row-major; of float16 the bits. */
  readonly features: Values;
  /** Shape of one image's features. */
  readonly shape: readonly number[];
  /** Numbers in one image's features. */
  readonly width: number;
  /** `[n]` class indices; absent where unlabeled. */
  readonly labels?: Int32Array;
  /** How many came from the cache. */
  readonly cached: number;
}

/** Writes the features of the image `row` to `target` as float32, from the place `at` on. */
export function copyRow(
  { features, width }: FeatureSet<FeatureValues>,
  row: number,
  target: Float32Array,
  at: number,
): void {
  const values = features.subarray(row * width, (row + 1) * width);
  if (values instanceof Uint16Array) fromHalves(values, target, at);
  else target.set(values, at);
}

/** The set in float32, for what needs all numbers at once; itself where it is that already. */
export function asFloat32(set: FeatureSet<FeatureValues>): FeatureSet {
  const { features } = set;
  if (features instanceof Float32Array) return { ...set, features };
  const numbers = new Float32Array(features.length);
  fromHalves(features, numbers);
  return { ...set, features: numbers };
}
