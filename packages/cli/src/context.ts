import { cacheFolder as userCache } from "@cassava/models/node";
import type { Command } from "commander";
import { describeConfig, effectiveConfig } from "./config/print-config.ts";
import type { CommonOptions } from "./options.ts";
import { createOutput, type Output, type Streams } from "./terminal/output.ts";

/** What the command gets from the process around it. */
export interface CliContext extends Streams {
  readonly cwd: string;
  /** Where answers are typed; absent where there is nobody to ask. */
  readonly stdin?: { readonly isTTY?: boolean };
  /** The command line without `node` and the script, for messages that repeat it. */
  readonly args?: readonly string[];
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What a command's action gets. */
export interface ActionContext extends CliContext {
  readonly output: Output;
}

/** Runs `action` with an output of the form that the command's options ask for. */
export function act<Options extends CommonOptions>(
  context: CliContext,
  action: (context: ActionContext, options: Options, ...args: never[]) => Promise<void>,
): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    const options = command.optsWithGlobals<Options>();
    const output = createOutput(options, context);
    if (options.printConfig) {
      const effective = effectiveConfig(command);
      return output.result(effective, describeConfig(effective));
    }
    const positional = args.slice(0, -2) as never[];
    await action({ ...context, output }, options, ...positional);
  };
}

/** The folder for features and weights: `CASSAVA_CACHE`, or `cassava` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return userCache({ env }).location.folder;
}
