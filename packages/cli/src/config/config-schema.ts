import { type Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { camelCase, hasSection, type Setting, settingsOfCommand, textOf } from "./setting.ts";

/**
 * The schema of a configuration: a section for each command, with the command's own settings and, where it has commands below it,
 * their sections. It is made from what commander parses by, so that no option is described twice.
 */
export function configSchema(program: Command): z.ZodObject {
  return z
    .strictObject(sectionsBelow(program))
    .meta({ title: "cassava.config", description: "Settings of the cassava command, a section for each command." });
}

function sectionsBelow(parent: Command): Record<string, z.ZodType> {
  const commands = parent.commands.filter(hasSection);
  return Object.fromEntries(commands.map((command) => [camelCase(command.name()), sectionSchema(command).optional()]));
}

function sectionSchema(command: Command): z.ZodObject {
  const settings = settingsOfCommand(command).map((setting) => [setting.key, valueSchema(setting).optional()]);
  return z.strictObject({ ...Object.fromEntries(settings), ...sectionsBelow(command) }).describe(command.description());
}

/** The schema of one setting; what its parser refuses is refused here in the parser's words. */
function valueSchema(setting: Setting): z.ZodType {
  const checked = typeSchema(setting).superRefine((value, context) => {
    if (typeof value === "boolean") return;
    try {
      setting.parse(textOf(value));
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
  });
  return checked.describe(setting.about);
}

function typeSchema({ kind, choices, words, of }: Setting): z.ZodType {
  const orWord = (schema: z.ZodType) => (words.length > 0 ? z.union([schema, z.enum(words)]) : schema);
  switch (kind) {
    case "flag":
      return z.boolean();
    case "choice":
      return z.enum(choices);
    case "number":
      return orWord(z.number());
    case "numbers":
      return orWord(z.array(z.number()));
    case "texts":
      return z.union([z.string(), z.array(z.string())]);
    case "text":
      return "option" in of && of.option.optional ? z.union([z.string(), z.boolean()]) : z.string();
  }
}

/** What a setting takes, in words. */
export function allowedFor({ kind, choices, words, of }: Setting): string {
  const or = words.map((word) => `, or ${JSON.stringify(word)}`).join("");
  switch (kind) {
    case "flag":
      return "true or false";
    case "choice":
      return `one of ${choices.join(", ")}`;
    case "number":
      return `a number${or}`;
    case "numbers":
      return `a list of numbers${or}`;
    case "texts":
      return "a text or a list of texts";
    case "text":
      return "option" in of && of.option.optional ? "a text, true or false" : "a text";
  }
}
