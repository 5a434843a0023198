import { type Argument, type Command, InvalidArgumentError, type Option } from "commander";

/** What every command has, and what has no place in a configuration. */
const COMMON = new Set(["json", "quiet", "config", "printConfig", "help", "version"]);
/** Commands without a section: they must work where a configuration is broken or not there yet. */
const WITHOUT_SECTION = new Set(["init", "schema", "help"]);

/**
 * How a setting is written in a configuration: `flag` true or false, `choice` one of its `choices`, `number`, `numbers` and `texts`
 * lists, `text` everything else.
 */
export type SettingKind = "flag" | "choice" | "number" | "numbers" | "texts" | "text";

/** An option or argument of a command, as a configuration and the environment set it. Derived from what commander parses by. */
export interface Setting {
  /** In a configuration: commander's name, as `batchSize`. */
  readonly key: string;
  /** On the command line: `--batch-size`, or `<dataset>`. */
  readonly label: string;
  readonly about: string;
  readonly kind: SettingKind;
  /** Of a choice. */
  readonly choices: readonly string[];
  /** Words that a number or a list may be, such as `all` or `none`. */
  readonly words: readonly string[];
  /**
   * What the command line would make of this text.
   *
   * @throws {InvalidArgumentError} says what it must be
   */
  parse(text: string): unknown;
  readonly of: { readonly option: Option } | { readonly argument: Argument };
}

/** Whether a command takes settings from a configuration and the environment. */
export function hasSection(command: Command): boolean {
  return !WITHOUT_SECTION.has(command.name());
}

/** The settings of one command: its arguments, then its options. */
export function settingsOfCommand(command: Command): Setting[] {
  const given = command.options.filter((option) => !COMMON.has(option.attributeName()));
  const positive = new Set(given.filter(({ negate }) => !negate).map((option) => option.attributeName()));
  const options = given.filter((option) => !(option.negate && positive.has(option.attributeName())));
  return [...command.registeredArguments.map(settingOfArgument), ...options.map(settingOfOption)];
}

/** `cross-validate` as `crossValidate`. */
export function camelCase(name: string): string {
  return name.replaceAll(/-+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A value of a configuration as the command line would write it. */
export function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(",") || "none" : String(value);
}

function settingOfArgument(argument: Argument): Setting {
  const name = argument.name();
  return {
    key: camelCase(name),
    label: argument.required ? `<${name}>` : `[${name}]`,
    about: argument.description,
    kind: argument.variadic ? "texts" : "text",
    choices: [],
    words: [],
    parse: (text) => text,
    of: { argument },
  };
}

function settingOfOption(option: Option): Setting {
  const parse = (text: string) => option.parseArg?.(text, undefined as never) ?? text;
  const kind = kindOf(option, parse);
  const words = kind === "number" || kind === "numbers" ? ["all", "none"].filter((word) => accepts(parse, word)) : [];
  return {
    key: option.attributeName(),
    label: option.long ?? option.flags,
    about: option.description,
    kind,
    choices: option.argChoices ?? [],
    words,
    parse,
    of: { option },
  };
}

/** What an option is, by what its parser makes of a few texts: an option is described once, where commander gets it. */
function kindOf(option: Option, parse: (text: string) => unknown): SettingKind {
  if (option.negate || option.isBoolean()) return "flag";
  if (option.argChoices !== undefined) return "choice";
  if (typeof option.defaultValue === "number") return "number";
  const sample = ["1", "0.5", "10", "1000", "1,2"].filter((text) => accepts(parse, text)).map(parse)[0];
  if (typeof sample === "number") return "number";
  if (Array.isArray(sample)) return typeof sample[0] === "number" ? "numbers" : "texts";
  return "text";
}

function accepts(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidArgumentError) return false;
    throw error;
  }
}
