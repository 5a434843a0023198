import { InvalidArgumentError, Option } from "commander";

/** Parsers of option values; each throws commander's error, which names the option. */

/** A whole number of at least `minimum`. */
export function whole(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum}.`);
  };
}

/** A number in (0, infinity). */
export function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a positive number.");
}

/** A number in [0, 1). */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("It must be a number from 0 to below 1.");
}

/** `256,128,64`, or `none` for no hidden layer. */
export function widths(text: string): number[] {
  if (text === "none") return [];
  return text.split(",").map(whole(1));
}

/** An option with a fixed set of values. */
export function choice(flags: string, description: string, values: readonly string[], fallback: string): Option {
  return new Option(flags, description).choices(values).default(fallback);
}

/** What every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}
