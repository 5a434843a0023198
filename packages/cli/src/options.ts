import type { Diagnosis } from "@cassava/metrics/diagnosis";
import { backboneSpec, backbones, isModelsError } from "@cassava/models";
import { InvalidArgumentError, Option } from "commander";

/** Parsers of option values; each throws commander's error, which names the option. */

/** A whole number from `minimum` to `maximum`. */
export function whole(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && value >= minimum && value <= maximum) return value;
    const range = maximum === Number.MAX_SAFE_INTEGER ? `from ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

/** A number in (0, infinity). */
export function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a positive number.");
}

/** A number from 0 on. */
export function fromZero(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number from 0.");
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
  return text.split(",").map(whole(1, 65_536));
}

/** An option with a fixed set of values. */
export function choice(flags: string, description: string, values: readonly string[], fallback: string): Option {
  return new Option(flags, description).choices(values).default(fallback);
}

/** From which severity on a finding ends a command with exit code 2. */
export type FailOn = "never" | "warning" | "error";

/** `--fail-on` */
export function failOnOption(): Option {
  return new Option("--fail-on <severity>", "exit with 2 where a finding is at least that grave")
    .choices(["never", "warning", "error"])
    .default("never");
}

/** Whether a diagnosis has a finding that `--fail-on` names. */
export function isGrave({ findings }: Diagnosis, failOn: FailOn): boolean {
  if (failOn === "never") return false;
  return findings.some(({ severity }) => severity === "error" || severity === failOn);
}

/** `--backbone`, whose name may be written in any case. */
export function backboneOption(): Option {
  const parse = (text: string) => {
    try {
      return backboneSpec(text).name;
    } catch (error) {
      if (!isModelsError(error)) throw error;
      throw new InvalidArgumentError(`${error.message[0]!.toUpperCase()}${error.message.slice(1)}.`);
    }
  };
  return new Option("--backbone <name>", "the network").choices(Object.keys(backbones)).argParser(parse);
}

/** `--engine`. */
export function engineOption(): Option {
  return choice("--engine <name>", "what computes", ["auto", "tensorflow", "webgpu", "wasm", "cpu"], "auto");
}

/** What `<dataset>` may be, for `--help`. */
export const DATASET =
  "a folder with train.csv and train_images/, a folder of TFRecord shards (or several shards, or globs), or a folder per class";

/** What every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly config?: string;
  readonly printConfig?: boolean;
}
