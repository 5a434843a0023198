import { DataError } from "../errors.ts";

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
