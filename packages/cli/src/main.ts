import { Command, CommanderError } from "commander";
import { auditCommand } from "./commands/audit.ts";
import { convertCommand } from "./commands/convert.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { predictCommand } from "./commands/predict.ts";
import { splitCommand } from "./commands/split.ts";
import { trainCommand } from "./commands/train.ts";
import type { CliContext } from "./context.ts";
import { isForeseen } from "./errors.ts";
import { styleOf } from "./terminal/style.ts";
import { versions } from "./version.ts";

/** Exit code of a process ended by Ctrl-C: 128 + SIGINT. */
const INTERRUPTED = 130;

const COMMANDS = [
  inspectCommand,
  auditCommand,
  convertCommand,
  splitCommand,
  trainCommand,
  evaluateCommand,
  predictCommand,
  doctorCommand,
  demoCommand,
];

/** The command line, with every command. */
export function createProgram(context: CliContext): Command {
  const program = new Command("cassava")
    .description(
      "From TFRecord files, or a CSV and a folder of photographs, to a trained and evaluated image classifier.",
    )
    .version(versions.cassava!)
    .option("--json", "one JSON document on stdout, everything else on stderr")
    .option("--quiet", "results, warnings and errors only")
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    })
    .showSuggestionAfterError()
    .exitOverride();
  for (const add of COMMANDS) add(program, context);
  for (const command of program.commands) {
    command
      .option("--json", "one JSON document on stdout, everything else on stderr")
      .option("--quiet", "results, warnings and errors only")
      .exitOverride()
      .configureOutput(program.configureOutput());
  }
  return program;
}

/** Runs one command line (without `node` and the script); resolves with the exit code: 0 good, 1 error, 130 interrupted. */
export async function main(args: readonly string[], context: CliContext): Promise<number> {
  try {
    await createProgram(context).parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    const style = styleOf(context.stderr, context.env);
    if (context.signal.aborted) {
      context.stderr.write(`${style.red("interrupted")}\n`);
      return INTERRUPTED;
    }
    const message = isForeseen(error) ? error.message : error instanceof Error ? error.stack : String(error);
    context.stderr.write(`${style.red("error:")} ${message}\n`);
    return 1;
  }
}
