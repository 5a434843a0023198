import { type Command, InvalidArgumentError, type Option } from "commander";
import { CliError } from "../errors.ts";
import { createOutput, type Streams } from "../terminal/output.ts";
import { suggest } from "../terminal/suggest.ts";
import type { RawConfig } from "./check-config.ts";
import { flagOf, pathOf, prefixOf, variableOf } from "./environment.ts";
import { type LoadedConfig, loadConfig } from "./load-config.ts";
import { camelCase, hasSection, type Setting, settingsOfCommand, textOf } from "./setting.ts";

/** Where a value came from that the command line did not give. */
type Source = "config" | "env";

/** Files and variables that gave arguments a value: commander keeps that of options only. */
const argumentSources = new WeakMap<object, Source>();
const files = new WeakMap<Command, string>();

/** What gave an argument its value where the command line did not. */
export function sourceOfArgument(argument: object): Source | undefined {
  return argumentSources.get(argument);
}

/** The configuration that a command took settings from. */
export function configFileOf(command: Command): string | undefined {
  return files.get(command);
}

/**
 * Lets every command below `program` take its settings from a configuration and the environment, before its own flags are read:
 * these win, and what is required may come from there.
 */
export function takeSettings(program: Command, context: Streams & { readonly cwd: string }): void {
  let loaded: Promise<LoadedConfig | undefined> | undefined;
  const prepare = async (parent: Command, command: Command) => {
    if (!hasSection(command) || parent.args.some((arg) => arg === "--help" || arg === "-h")) return;
    const { config: asked = context.env.CASSAVA_CONFIG || undefined, quiet, printConfig } = program.opts();
    loaded ??= loadConfig({ cwd: context.cwd, asked }, program);
    const found = await loaded;
    const output = createOutput({ quiet }, context);
    flagsWin(command);
    if (found !== undefined && fromConfig(command, found.config)) {
      files.set(command, found.file);
      if (!printConfig) output.info(`settings: ${found.file}`);
    }
    for (const warning of fromEnvironment(command, context.env)) output.warn(warning);
    if (printConfig) requireNoArgument(command);
  };
  const hook = (parent: Command) => {
    if (parent.commands.length === 0) return;
    parent.hook("preSubcommand", prepare);
    for (const command of parent.commands) hook(command);
  };
  hook(program);
}

/** Sets what the command's section says; whether there is any. */
function fromConfig(command: Command, config: RawConfig): boolean {
  let section: unknown = config;
  for (const name of pathOf(command)) section = (section as RawConfig | undefined)?.[camelCase(name)];
  if (section === undefined) return false;
  const given = settingsOfCommand(command).filter(({ key }) => (section as RawConfig)[key] !== undefined);
  for (const setting of given) set(command, setting, (section as RawConfig)[setting.key], "config");
  return given.length > 0;
}

/** Sets what variables say; returns a warning for each that looks like one of the command's and is not. */
function fromEnvironment(command: Command, env: NodeJS.ProcessEnv): string[] {
  if (command.commands.length > 0) return [];
  const settings = settingsOfCommand(command);
  const variables = new Map(settings.map((setting) => [variableOf(command, setting), setting]));
  for (const [name, setting] of variables) {
    const text = env[name];
    if (text === undefined || text === "") continue;
    try {
      for (const option of rivalsOf(command, setting)) dropBelow(command, option, ["config"]);
      set(command, setting, setting.kind === "flag" ? readFlag(text) : text, "env");
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new CliError("OPTION_INVALID", `${name}: found ${JSON.stringify(text)}. ${error.message}`, {
        cause: error,
      });
    }
  }
  const prefix = prefixOf(command);
  const unknown = Object.keys(env).filter((name) => name.startsWith(prefix) && !variables.has(name));
  // What all have in common would make any two alike.
  const bare = (name: string) => name.slice(prefix.length);
  return unknown.map((name) => {
    const [meant] = suggest(bare(name), [...variables.keys()].map(bare));
    const hint = meant === undefined ? "" : `; did you mean ${prefix}${meant}?`;
    return `${name} is no setting of ${pathOf(command).join(" ")}${hint}`;
  });
}

function readFlag(text: string): boolean {
  const flag = flagOf(text);
  if (flag === undefined) throw new InvalidArgumentError("It must be true or false.");
  return flag;
}

function set(command: Command, { key, kind, of, parse }: Setting, value: unknown, source: Source): void {
  if ("argument" in of) {
    of.argument.required = false;
    of.argument.default(kind === "texts" && !Array.isArray(value) ? [value] : value);
    argumentSources.set(of.argument, source);
    return;
  }
  const given = typeof value === "boolean" ? value : parse(textOf(value));
  // A flag that is off has no value, as without it; `--no-…` has one.
  const off = given === false && !of.option.negate;
  if (!off) command.setOptionValueWithSource(key, given, source);
  else if (command.getOptionValue(key) !== undefined) command.setOptionValueWithSource(key, undefined, source);
}

/** A flag that excludes others wins over what a configuration or the environment gave to those. */
function flagsWin(command: Command): void {
  for (const setting of settingsOfCommand(command)) {
    const rivals = rivalsOf(command, setting);
    if (rivals.length === 0 || !("option" in setting.of)) continue;
    command.on(`option:${setting.of.option.name()}`, () => {
      for (const option of rivals) dropBelow(command, option, ["config", "env"]);
    });
  }
}

/** Options that cannot stand beside this one. */
function rivalsOf(command: Command, { key, of }: Setting): Option[] {
  if (!("option" in of)) return [];
  const excluded = excludedBy(of.option);
  return command.options.filter((other) => excluded.includes(other.attributeName()) || excludedBy(other).includes(key));
}

function excludedBy(option: Option): readonly string[] {
  // What commander keeps of `.conflicts`, and does not declare.
  return (option as unknown as { readonly conflictsWith?: readonly string[] }).conflictsWith ?? [];
}

function dropBelow(command: Command, option: Option, sources: readonly string[]): void {
  const key = option.attributeName();
  if (!sources.includes(command.getOptionValueSource(key) ?? "")) return;
  command.setOptionValueWithSource(key, option.defaultValue, "default");
}

/** No argument is missing where settings are only shown. */
function requireNoArgument(command: Command): void {
  for (const argument of command.registeredArguments) argument.required = false;
}
