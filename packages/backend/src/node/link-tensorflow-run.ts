import { execFile } from "node:child_process";

/** How a program ended. */
export interface CommandResult {
  /** Exit code; what a signal ended has 1. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell; resolves with `undefined` where no such program starts. Replaced in tests. */
export type RunCommand = (program: string, args: readonly string[]) => Promise<CommandResult | undefined>;

/** A megabyte of a compiler's errors says no more than the first of them. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** {@link RunCommand} on this machine. */
export const runCommand: RunCommand = (program, args) =>
  new Promise((resolve) => {
    execFile(program, [...args], { maxBuffer: OUTPUT_LIMIT, encoding: "utf8" }, (error, stdout, stderr) => {
      // An exit code is a number; where the program did not start at all, `code` is the name of the system's error.
      if (typeof error?.code === "string") resolve(undefined);
      else resolve({ code: error === null ? 0 : (error.code ?? 1), stdout, stderr });
    });
  });

/** The line of a compiler's, loader's or Python's output that says what is wrong. */
export function telltaleLine({ stdout, stderr, code }: CommandResult): string {
  const lines = `${stderr}\n${stdout}`
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const telltale = lines.find((line) => /error|undefined (symbol|reference)|symbol lookup/i.test(line));
  return telltale ?? lines.at(-1) ?? `exit code ${code}`;
}
