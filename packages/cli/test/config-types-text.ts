import type { Command } from "commander";
import { camelCase, hasSection, type Setting, settingsOfCommand } from "../src/config/setting.ts";

const HEADER = `// Written by test/config-types.test.ts from the options of the commands; after a change of one: npx vitest run packages/cli/test/config-types.test.ts -u
`;

/** The types of a configuration as TypeScript, by the file that they belong in, from the settings of every command. */
export function configTypes(program: Command): Record<string, string> {
  const commands = program.commands.filter(hasSection);
  const find = (name: string) => commands.find((command) => command.name() === name)!;
  // Training has most of the options; they are written once.
  const [train, validate] = [linesOf(find("train")), linesOf(find("cross-validate"))];
  const shared = train.filter((line) => validate.includes(line));
  const interfaces = commands.map((command) => {
    const training = ["train", "cross-validate"].includes(command.name());
    const lines = linesOf(command).filter((line) => !(training && shared.includes(line)));
    return interfaceOf(typeName(command), command.description(), lines, training ? " extends TrainingConfig" : "");
  });
  const sections = commands.map((command) =>
    member(camelCase(command.name()), command.description(), typeName(command)),
  );
  const all = interfaceOf("CassavaConfig", "cassava.config.ts: a section for each command", sections);
  const common = interfaceOf("TrainingConfig", "what train and cross-validate have in common", shared);
  const imported = 'import type { TrainingConfig } from "./training-config.ts";\n';
  return {
    "training-config.ts": [HEADER, common].join("\n"),
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
