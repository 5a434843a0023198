import type { Command } from "commander";
import type { Setting } from "./setting.ts";

/** The variable of a setting: `CASSAVA_TRAIN_BATCH_SIZE` for `--batch-size` of `cassava train`. */
export function variableOf(command: Command, { label }: Pick<Setting, "label">): string {
  const name = label.replaceAll(/^--no-|^--|[<>[\].]/g, "");
  return `${prefixOf(command)}${upper(name)}`;
}

/** What the variables of a command begin with. */
export function prefixOf(command: Command): string {
  return `CASSAVA_${pathOf(command).map(upper).join("_")}_`;
}

/** The names of a command and of those above it, without the program: `["tfrecord", "index"]`. */
export function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

const FLAGS: Readonly<Record<string, boolean>> = { true: true, yes: true, 1: true, false: false, no: false, 0: false };

/** A flag as a variable writes it; undefined where it is none. */
export function flagOf(text: string): boolean | undefined {
  return FLAGS[text.trim().toLowerCase()];
}

function upper(name: string): string {
  return name.replaceAll("-", "_").toUpperCase();
}
