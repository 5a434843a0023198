import type { Command } from "commander";
import type { z } from "zod";
import { CliError } from "../errors.ts";
import { didYouMean } from "../terminal/suggest.ts";
import { allowedFor, configSchema } from "./config-schema.ts";
import { camelCase, hasSection, type Setting, settingsOfCommand } from "./setting.ts";

/** Problems that are told; of more only their number. */
const TOLD = 5;

/** Settings by command and name, as a configuration holds them. */
export type RawConfig = Readonly<Record<string, unknown>>;

/**
 * Checks what a file exports against the settings that the commands have.
 *
 * @throws {CliError} `CONFIG_INVALID`: a line for each problem, with the file, the key, what was found and what is allowed
 */
export function checkConfig(found: unknown, file: string, program: Command): RawConfig {
  const checked = configSchema(program).safeParse(found);
  if (checked.success) return found as RawConfig;
  const problems = checked.error.issues.flatMap((issue) => problemsOf(issue, found, program));
  const lines = problems.slice(0, TOLD).map((problem) => `${file}: ${problem}`);
  if (problems.length > TOLD) lines.push(`${file}: and ${problems.length - TOLD} more`);
  throw new CliError("CONFIG_INVALID", lines.join("\n"));
}

function problemsOf(issue: z.core.$ZodIssue, config: unknown, program: Command): string[] {
  const path = issue.path.map(String);
  const { command, setting } = placeOf(path, program);
  if (issue.code === "unrecognized_keys") {
    const known = command === undefined ? [] : keysOf(command);
    return issue.keys.map((key) => {
      const meant = didYouMean(key, known) || `; ${path.join(".") || "a configuration"} takes ${known.join(", ")}`;
      return `${[...path, key].join(".")}: there is no such setting${meant}`;
    });
  }
  const where = path.join(".") || "its default export";
  const found = describe(valueAt(config, path));
  if (setting === undefined) return [`${where}: found ${found}; it must be an object of settings`];
  if (issue.code === "custom") return [`${where}: found ${found}; ${issue.message.replace(/^It /, "it ")}`];
  const value = valueAt(config, path);
  const meant = typeof value === "string" ? didYouMean(value, [...setting.choices, ...setting.words]) : "";
  return [`${where}: found ${found}; it must be ${allowedFor(setting)}${meant}`];
}

/** What a path of keys is about: a command, or a setting of it. */
function placeOf(path: readonly string[], program: Command) {
  let command: Command | undefined = program;
  for (const key of path) {
    const below: Command | undefined = command.commands.find((one) => hasSection(one) && camelCase(one.name()) === key);
    if (below === undefined) return { command, setting: settingOf(command, key) };
    command = below;
  }
  return { command };
}

function settingOf(command: Command, key: string): Setting | undefined {
  return settingsOfCommand(command).find((setting) => setting.key === key);
}

function keysOf(command: Command): string[] {
  const sections = command.commands.filter(hasSection).map((one) => camelCase(one.name()));
  return command.parent === null ? sections : [...settingsOfCommand(command).map(({ key }) => key), ...sections];
}

function valueAt(config: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);
}

/** A value and its type, for a message. */
function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === "function") return "a function";
  const text = JSON.stringify(value);
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return Array.isArray(value) || typeof value === "object" ? shown : `${shown} (a ${typeof value})`;
}
