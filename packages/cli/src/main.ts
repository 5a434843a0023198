import { Command, CommanderError, InvalidArgumentError, type Option } from "commander";
import { auditCommand } from "./commands/audit.ts";
import { augmentPreviewCommand } from "./commands/augment-preview.ts";
import { compareCommand } from "./commands/compare.ts";
import { convertCommand } from "./commands/convert.ts";
import { crossValidateCommand } from "./commands/cross-validate.ts";
import { demoCommand } from "./commands/demo.ts";
import { diagnoseCommand } from "./commands/diagnose.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { exportCommand } from "./commands/export.ts";
import { initCommand } from "./commands/init.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { predictCommand } from "./commands/predict.ts";
import { reportCommand } from "./commands/report.ts";
import { schemaCommand } from "./commands/schema.ts";
import { splitCommand } from "./commands/split.ts";
import { surveyCommand } from "./commands/survey.ts";
import { tfrecordCommand } from "./commands/tfrecord/tfrecord.ts";
import { trainCommand } from "./commands/train.ts";
import { takeSettings } from "./config/apply-settings.ts";
import type { CliContext } from "./context.ts";
import { ExitWith, isForeseen, isOutOfMemory } from "./errors.ts";
import { requireLast } from "./require-last.ts";
import { styleOf } from "./terminal/style.ts";
import { didYouMean, suggest } from "./terminal/suggest.ts";
import { versions } from "./version.ts";

const COMMANDS = [
  initCommand,
  inspectCommand,
  tfrecordCommand,
  auditCommand,
  augmentPreviewCommand,
  convertCommand,
  splitCommand,
  trainCommand,
  crossValidateCommand,
  surveyCommand,
  evaluateCommand,
  diagnoseCommand,
  compareCommand,
  reportCommand,
  predictCommand,
  exportCommand,
  doctorCommand,
  demoCommand,
  schemaCommand,
];

/** What every command takes. */
const COMMON_OPTIONS = [
  ["--json", "one JSON document on stdout, everything else on stderr"],
  ["--quiet", "results, warnings and errors only"],
  [
    "--config <file>",
    "settings of the commands (default: cassava.config.ts, .mts, .js, .mjs or .json where you stand)",
  ],
  ["--print-config", "show every setting that would be used and where it comes from, and do nothing else"],
] as const;

const HELP = `
Settings: flags win over variables (CASSAVA_TRAIN_BATCH_SIZE=16), these over cassava.config.ts, that over --recipe and the defaults.
Exit codes: 0 good, 1 error, 2 findings as grave as --fail-on, 130 interrupted.`;

/** The command line, with every command. */
export function createProgram(context: CliContext): Command {
  const program = new Command("cassava")
    .description(
      "From TFRecord files, or a CSV and a folder of photographs, to a trained and evaluated image classifier.",
    )
    .version(versions.cassava!)
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    })
    .addHelpText("after", HELP)
    .showSuggestionAfterError()
    .exitOverride();
  for (const [flags, description] of COMMON_OPTIONS) program.option(flags, description);
  for (const add of COMMANDS) add(program, context);
  configureCommands(program);
  requireLast(program);
  takeSettings(program, context);
  return program;
}

/** Gives every command below `parent`, at any depth, what all of them have. */
function configureCommands(parent: Command): void {
  for (const command of parent.commands) {
    for (const [flags, description] of COMMON_OPTIONS) command.option(flags, description);
    for (const option of command.options) suggestChoices(option);
    command.exitOverride().configureOutput(parent.configureOutput());
    configureCommands(command);
  }
}

/** Lets the refusal of a choice name what was probably meant. */
function suggestChoices(option: Option): void {
  const { argChoices, parseArg } = option;
  if (argChoices === undefined || parseArg === undefined) return;
  option.parseArg = (text, previous) => {
    try {
      return parseArg(text, previous);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      const [meant] = suggest(text, argChoices);
      throw meant === undefined ? error : new InvalidArgumentError(`${error.message} Did you mean ${meant}?`);
    }
  };
}

/**
 * Runs one command line (without `node` and the script); resolves with the exit code: 0 good, 1 error, 2 findings as grave as
 * `--fail-on`. With `--json` an error is a
 * document on stdout too: `{ error: { code, message } }`.
 */
export async function main(args: readonly string[], context: CliContext): Promise<number> {
  try {
    await createProgram({ ...context, args }).parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof ExitWith) return error.code;
    if (error instanceof CommanderError) {
      // Commander has written its message to stderr; a damaged file is a result, and stands on stdout already.
      const usage = error.exitCode !== 0 && error.code !== "cassava.damaged";
      if (usage && args.includes("--json")) writeError(context, "USAGE", error.message.replace(/^error: /, ""));
      return error.exitCode === 0 ? 0 : 1;
    }
    const { code, message } = explain(error, context.signal);
    // A progress bar may stand on the last line of the terminal.
    const clear = context.stderr.isTTY ? "\r\u001b[2K" : "";
    context.stderr.write(`${clear}${styleOf(context.stderr, context.env).red("error:")} ${message}\n`);
    // A result that does not reproduce was printed already, and says so: stdout holds one document.
    if (args.includes("--json") && code !== "NOT_REPRODUCED") writeError(context, code, message);
    return 1;
  }
}

/** An error as a document. */
function writeError({ stdout }: CliContext, code: string, message: string): void {
  stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
}

/** What was probably meant, where a message of another package names what it got and all that there is (stages of a network). */
function meantBy(message: string): string {
  const [, word, list] = /there is no [^"]*"([^"]+)".*; choose one of (.+)$/.exec(message) ?? [];
  return word === undefined ? "" : didYouMean(word, list!.split(", "));
}

/** An error in words: one line where it was foreseen, the stack of what was not. */
function explain(error: unknown, signal: AbortSignal): { readonly code: string; readonly message: string } {
  if (signal.aborted && error === signal.reason) return { code: "INTERRUPTED", message: "interrupted" };
  if (isForeseen(error)) return { code: error.code, message: error.message + meantBy(error.message) };
  if (isOutOfMemory(error)) {
    const message = `the engine ran out of memory (${(error as Error).message}): lower --input-size, --batch-size or --head`;
    return { code: "OUT_OF_MEMORY", message };
  }
  return { code: "INTERNAL", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
