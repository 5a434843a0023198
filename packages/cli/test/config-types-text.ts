import type { Command } from "commander";
import { camelCase, hasSection, type Setting, settingsOfCommand } from "../src/config/setting.ts";

const HEADER = `// Written by test/config-types.test.ts from the options of the commands; after a change of one: npx vitest run packages/cli/test/config-types.test.ts -u
`;

/** The types of a configuration as TypeScript, by the file that they belong in, from the settings of every command. */
export function configTypes(program: Command): Record<string, string> {
  const commands = program.commands.filter(hasSection);
  const find = (name: string) => commands.find((command) => command.name() === name)!;
  // What trains has most of the options; they are written once.
  const lines = (name: string) => linesOf(find(name));
  const training = lines("train").filter((line) => lines("cross-validate").includes(line));
  const fitting = training.filter((line) => lines("survey").includes(line));
  const parents: Readonly<Record<string, readonly [heritage: string, inherited: readonly string[]]>> = {
    train: [" extends TrainingConfig", training],
    "cross-validate": [" extends TrainingConfig", training],
    survey: [" extends FitConfig", fitting],
  };
  const interfaces = commands.map((command) => {
    const [heritage, inherited] = parents[command.name()] ?? ["", []];
    const own = linesOf(command).filter((line) => !inherited.includes(line));
    return interfaceOf(typeName(command), command.description(), own, heritage);
  });
  const sections = commands.map((command) =>
    member(camelCase(command.name()), command.description(), typeName(command)),
  );
  const all = interfaceOf("CassavaConfig", "cassava.config.ts: a section for each command", sections);
  const fit = interfaceOf("FitConfig", "what every command that trains takes", fitting);
  const model = training.filter((line) => !fitting.includes(line));
  const common = interfaceOf("TrainingConfig", "what train and cross-validate take", model, " extends FitConfig");
  const imported = 'import type { FitConfig, TrainingConfig } from "./training-config.ts";\n';
  return {
    "training-config.ts": [HEADER, fit, common].join("\n"),
    "config-types.ts": [HEADER + imported, ...interfaces, all].join("\n"),
  };
}

function linesOf(command: Command): string[] {
  const below = command.commands.map(
    (one) => `  readonly ${camelCase(one.name())}?: {\n${linesOf(one).map(indent).join("")}  };\n`,
  );
  return [
    ...settingsOfCommand(command).map((setting) => member(setting.key, setting.about, typeOf(setting))),
    ...below,
  ];
}

function indent(lines: string): string {
  return lines.replaceAll(/^(?=.)/gm, "  ");
}

function interfaceOf(name: string, about: string, lines: readonly string[], heritage = ""): string {
  const body = lines.length === 0 ? "{}" : `{\n${lines.join("")}}`;
  return `${doc(about)}export interface ${name}${heritage} ${body}\n`;
}

function member(key: string, about: string, type: string): string {
  const line = `  readonly ${key}?: ${type};`;
  const broken = `  readonly ${key}?:\n${type
    .split(" | ")
    .map((one) => `    | ${one}`)
    .join("\n")};`;
  return `  ${doc(about)}${line.length > 120 ? broken : line}\n`;
}

function doc(text: string): string {
  // A name stays as it is.
  const words = /^[a-z]+ /.test(text) ? `${text[0]!.toUpperCase()}${text.slice(1)}` : text;
  return `/** ${words}. */\n`;
}

function typeName(command: Command): string {
  const name = camelCase(command.name());
  return `${name[0]!.toUpperCase()}${name.slice(1)}Config`;
}

function typeOf({ kind, choices, words, of }: Setting): string {
  const literals = (values: readonly string[]) => values.map((value) => JSON.stringify(value));
  const or = (type: string) => [type, ...literals(words)].join(" | ");
  switch (kind) {
    case "flag":
      return "boolean";
    case "choice":
      return literals(choices).join(" | ");
    case "number":
      return or("number");
    case "numbers":
      return or("readonly number[]");
    case "texts":
      return "string | readonly string[]";
    case "text":
      return "option" in of && of.option.optional ? "string | boolean" : "string";
  }
}
