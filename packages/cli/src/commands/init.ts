import { join } from "node:path";
import { writeFileAtomically } from "@cassava/data/node";
import { type Command, Option } from "commander";
import { findConfig } from "../config/load-config.ts";
import { type ActionContext, act, type CliContext } from "../context.ts";
import { CliError, ExitWith } from "../errors.ts";
import { askAnswers, assumeAnswers } from "../init/collect-answers.ts";
import { configText } from "../init/config-text.ts";
import { backboneOption, type CommonOptions, DATASET } from "../options.ts";
import { RECIPES } from "../run/recipes.ts";
import { shellWord } from "../terminal/shell.ts";

interface Options extends CommonOptions {
  readonly dataset?: string;
  readonly backbone?: string;
  readonly weights?: string;
  readonly recipe?: string;
  readonly out?: string;
  readonly yes?: true;
  readonly force?: true;
}

/** `cassava init` */
export function initCommand(program: Command, context: CliContext): void {
  program
    .command("init")
    .description("ask where the photographs are and what to train, and write cassava.config.ts")
    .option("--dataset <path>", DATASET)
    .addOption(backboneOption())
    .option("--weights <source>", "imagenet, a file, an address, or none")
    .addOption(new Option("--recipe <name>", "settings with a name").choices(Object.keys(RECIPES)))
    .option("--out <dir>", "folder for the run")
    .option("--yes", "ask nothing: take these options, and defaults for the rest")
    .option("--force", "replace a configuration that is there")
    .action(
      act(context, async (action, options: Options) => {
        const { cwd, env, output } = action;
        // Loaded only here: no other command asks anything.
        const { createAsker } = await import("../init/ask.ts");
        const ask = options.yes ? undefined : createAsker(action);
        const file = join(cwd, "cassava.config.ts");
        await makeRoom(action, options, ask);
        const { answers, photographs } = await (ask === undefined
          ? assumeAnswers(options, cwd, output)
          : askAnswers(options, cwd, ask, output));
        await writeFileAtomically(file, configText(answers, photographs));
        const cassava = calledAs(env);
        const next = `${cassava} train`;
        const text = [
          `wrote ${file}`,
          `next: ${next} (it takes everything from this file)`,
          `or first: ${cassava} audit ${shellWord(answers.dataset)} (it looks for duplicates and unreadable files)`,
        ];
        output.result({ version: 1, file, train: answers, photographs, next }, text.join("\n"));
      }),
    );
}

/** How the command was called, for lines to type next: by the script of a checkout, by npx, or by its name. */
function calledAs({ npm_lifecycle_event: by }: CliContext["env"]): string {
  if (by === "cassava") return "pnpm cassava";
  return by === "npx" ? "npx cassava" : "cassava";
}

/** Makes sure that nothing is replaced that was not meant to be. */
async function makeRoom(
  { cwd, output }: ActionContext,
  { force }: Options,
  ask: { confirm(message: string, initial: boolean): Promise<boolean> } | undefined,
): Promise<void> {
  const there = findConfig(cwd);
  if (there === undefined) return;
  const replaced = there.endsWith(".ts");
  if (!force && ask === undefined) {
    throw new CliError(
      "OPTION_INVALID",
      `${there} is there already: pass --force to ${replaced ? "replace" : "go past"} it`,
    );
  }
  if (!force && ask !== undefined) {
    const question = replaced ? `${there} is there already. Replace it?` : `${there} will not be read any more. Go on?`;
    if (await ask.confirm(question, false)) return;
    output.info("nothing was written");
    throw new ExitWith(1);
  }
  if (!replaced) output.warn(`${there} will not be read any more: cassava.config.ts comes first`);
}
