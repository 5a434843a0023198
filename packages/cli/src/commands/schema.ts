import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import type { CommonOptions } from "../options.ts";
import { didYouMean } from "../terminal/suggest.ts";

/** `cassava schema [command]` */
export function schemaCommand(program: Command, context: CliContext): void {
  program
    .command("schema")
    .description("print the JSON Schema of what a command writes with --json, or of the configuration")
    .argument(
      "[name...]",
      "a command, as tfrecord verify; error and print-config: what any of them may write; config: cassava.config; default: list them",
    )
    .action(
      act(context, async ({ output }, _: CommonOptions, words: string[]) => {
        // Imported here: no other command has use for zod.
        const [{ z }, { DOCUMENTS }, { configSchema }] = await Promise.all([
          import("zod"),
          import("../schemas/index.ts"),
          import("../config/config-schema.ts"),
        ]);
        const schemas: Readonly<Record<string, import("zod").ZodType>> = {
          ...DOCUMENTS,
          config: configSchema(program),
        };
        const names = Object.keys(schemas);
        if (words.length === 0) return output.result({ version: 1, documents: names }, names.join("\n"));
        const name = words.join(" ");
        const schema = schemas[name];
        if (schema === undefined) {
          const message = `there is no document "${name}": cassava schema lists them${didYouMean(name, names)}`;
          throw new CliError("OPTION_INVALID", message);
        }
        const document = z.toJSONSchema(schema);
        output.result(document, JSON.stringify(document, null, 2));
      }),
    );
}
