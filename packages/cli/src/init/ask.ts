import type { Readable, Writable } from "node:stream";
import { confirm, select, text } from "@clack/prompts";
import type { CliContext } from "../context.ts";
import { CliError, ExitWith } from "../errors.ts";

/** One of several answers. */
export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** Questions on a terminal. Each ends the command with 130 where it is answered by Ctrl-C. */
export interface Asker {
  text(message: string, initial: string | undefined): Promise<string>;
  choose<T extends string>(message: string, choices: readonly Choice<T>[], initial: T): Promise<T>;
  confirm(message: string, initial: boolean): Promise<boolean>;
}

/**
 * Asks on the terminal that the context stands for; stdout stays free for the result.
 *
 * @throws {CliError} `NOT_INTERACTIVE`: there is none
 */
export function createAsker({ stdin, stderr, signal }: CliContext): Asker {
  if (stdin?.isTTY !== true || stderr.isTTY !== true) {
    const message =
      "cassava init asks questions, and there is no terminal to ask them on: pass --yes, and --dataset, --backbone, --weights, --recipe and --out where the defaults will not do";
    throw new CliError("NOT_INTERACTIVE", message);
  }
  const streams = { input: stdin as unknown as Readable, output: stderr as unknown as Writable, signal };
  const answer = async <T>(asked: Promise<T>): Promise<Exclude<T, symbol>> => {
    const given = await asked;
    if (typeof given !== "symbol") return given as Exclude<T, symbol>;
    stderr.write("nothing was written\n");
    throw new ExitWith(130);
  };
  return {
    text: (message, initial) =>
      answer(
        text({
          ...streams,
          message,
          ...(initial !== undefined && { initialValue: initial }),
          validate: (value) => (value?.trim() ? undefined : "Something must stand here."),
        }),
      ),
    choose: <T extends string>(message: string, choices: readonly Choice<T>[], initial: T) =>
      answer(select<string>({ ...streams, message, options: [...choices], initialValue: initial })) as Promise<T>,
    confirm: (message, initial) => answer(confirm({ ...streams, message, initialValue: initial })),
  };
}
