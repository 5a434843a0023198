import type { Command, Option } from "commander";
import type { CommonOptions } from "./options.ts";

/**
 * Lets every command below `program` ask for its required options last. Commander asks for them before it says that an option
 * is unknown; but what is missing is often just what was misspelt.
 */
export function requireLast(program: Command): void {
  const required = new Map<Command, Option[]>();
  const collect = (command: Command) => {
    const own = command.options.filter(({ mandatory }) => mandatory);
    for (const option of own) option.mandatory = false;
    required.set(command, own);
    for (const below of command.commands) collect(below);
  };
  collect(program);
  program.hook("preAction", (_, command) => {
    if (command.optsWithGlobals<CommonOptions>().printConfig) return;
    const missing = required
      .get(command)
      ?.find((option) => command.getOptionValue(option.attributeName()) === undefined);
    if (missing === undefined) return;
    const choices = missing.argChoices === undefined ? "" : `; choose one of ${missing.argChoices.join(", ")}`;
    const message = `error: required option '${missing.flags}' not specified${choices}`;
    command.error(message, { code: "commander.missingMandatoryOptionValue" });
  });
}
