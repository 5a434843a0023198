import type { Command } from "commander";
import { table } from "../terminal/format.ts";
import { configFileOf, sourceOfArgument } from "./apply-settings.ts";
import { pathOf, variableOf } from "./environment.ts";
import { type Setting, settingsOfCommand } from "./setting.ts";

/** One effective setting and where it comes from. */
export interface EffectiveSetting {
  readonly key: string;
  readonly label: string;
  /** As the command gets it; null where it has none. */
  readonly value: unknown;
  readonly source: "flag" | "environment" | "config" | "recipe" | "default" | "none";
  /** The variable, the file, or the name of the recipe. */
  readonly from: string | null;
}

/** `--print-config`: what a command would run with. */
export interface PrintedConfig {
  readonly version: 1;
  readonly command: string;
  /** The configuration that settings were taken from. */
  readonly config: string | null;
  readonly settings: readonly EffectiveSetting[];
}

/** Every effective setting of a command that has read its flags. */
export function effectiveConfig(command: Command): PrintedConfig {
  return {
    version: 1,
    command: pathOf(command).join(" "),
    config: configFileOf(command) ?? null,
    settings: settingsOfCommand(command).map((setting) => effectiveSetting(command, setting)),
  };
}

function effectiveSetting(command: Command, setting: Setting): EffectiveSetting {
  const { key, label, of } = setting;
  if ("option" in of) {
    const value: unknown = command.getOptionValue(key);
    return { key, label, value: value ?? null, ...origin(command, setting, command.getOptionValueSource(key)) };
  }
  const at = command.registeredArguments.indexOf(of.argument);
  const given = command.args.length > at;
  const value: unknown = command.processedArgs[at];
  const none = value === undefined || (Array.isArray(value) && value.length === 0);
  const source = given ? "cli" : none ? undefined : (sourceOfArgument(of.argument) ?? "default");
  return { key, label, value: none ? null : value, ...origin(command, setting, source) };
}

/** Commander's name of a source in ours. */
function origin(
  command: Command,
  setting: Setting,
  source: string | undefined,
): Pick<EffectiveSetting, "source" | "from"> {
  switch (source) {
    case undefined:
      return { source: "none", from: null };
    case "env":
      return { source: "environment", from: variableOf(command, setting) };
    case "config":
      return { source: "config", from: configFileOf(command) ?? null };
    case "recipe":
      return { source: "recipe", from: String(command.getOptionValue("recipe")) };
    case "default":
      return { source: "default", from: null };
    default:
      return { source: "flag", from: null };
  }
}

/** The settings for people. */
export function describeConfig({ command, config, settings }: PrintedConfig): string {
  const rows = settings.map(({ label, value, source, from }) => {
    const where =
      source === "environment" || source === "recipe" ? `${source} ${from}` : source === "none" ? "" : source;
    return [label, shown(value), where];
  });
  const file = config === null ? "none with settings of this command" : config;
  return `cassava ${command}\nconfiguration: ${file}\n\n${table([["setting", "value", "from"], ...rows])}`;
}

function shown(value: unknown): string {
  if (value === null) return "-";
  if (Array.isArray(value)) return value.join(",") || "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
