import { DataError } from "../errors.ts";

/** The splits of the field: the ResNet and VGG runs of the article, its DenseNet, its TFRecords. */
export const splitPresets = {
  "85/15": [0.85, 0.15],
  "70/30": [0.7, 0.3],
  "60/20/20": [0.6, 0.2, 0.2],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** Name of one of the {@link splitPresets}. */
export type SplitPreset = keyof typeof splitPresets;

/**
 * Throws a DataError (OPTION_INVALID) unless `ratios` are two or three positive numbers that add up to 1 (within 1e-6).
 */
export function checkRatios(ratios: readonly number[], shown = `[${ratios.join(", ")}]`): void {
  const sum = ratios.reduce((total, ratio) => total + ratio, 0);
  const usable =
    ratios.length >= 2 && ratios.length <= 3 && ratios.every((ratio) => ratio > 0) && Math.abs(sum - 1) <= 1e-6;
  if (usable) return;
  const message = `ratios ${shown}: use two (train, validation) or three (train, validation, test) positive shares that add up to 1 or 100`;
  throw new DataError("OPTION_INVALID", message);
}

/**
 * Reads "60/20/20" or ".85/.15" as shares that add up to 1: percentages (which add up to 100) or fractions.
 * Throws a DataError (OPTION_INVALID) for anything else.
 */
export function parseRatios(text: string): number[] {
  const numbers = text.split("/").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const sum = numbers.reduce((total, value) => total + value, 0);
  const ratios = Math.abs(sum - 100) <= 1e-4 ? numbers.map((value) => value / 100) : numbers;
  checkRatios(ratios, `"${text}"`);
  return ratios;
}

/** The shares that an option names, checked. Throws a DataError (OPTION_INVALID). */
export function ratiosOf(ratios: readonly number[] | SplitPreset): number[] {
  if (typeof ratios === "string") return parseRatios(ratios);
  checkRatios(ratios);
  return [...ratios];
}
