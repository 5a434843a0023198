import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { main } from "../src/index.ts";
import { DOCUMENTS } from "../src/schemas/index.ts";

/** What a command said and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in `cwd`, in this process. */
export async function cassava(cwd: string, ...args: string[]): Promise<Outcome> {
  return interruptible(cwd, new AbortController(), ...args);
}

/** Where a command runs: its folder, and variables beside `CASSAVA_CACHE`. */
export interface Place {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** As `cassava`, with variables. */
export async function run({ cwd, env = {} }: Place, ...args: string[]): Promise<Outcome> {
  return inPlace({ cwd, env }, new AbortController(), args);
}

/** As `cassava`; `controller` is Ctrl-C, and `onError` sees what goes to stderr as it comes. */
export async function interruptible(
  cwd: string,
  controller: AbortController & { onError?: (text: string) => void },
  ...args: string[]
): Promise<Outcome> {
  return inPlace({ cwd, env: {} }, controller, args);
}

async function inPlace(
  { cwd, env }: Required<Place>,
  controller: Parameters<typeof interruptible>[1],
  args: string[],
): Promise<Outcome> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const code = await main(args, {
    stdout: { write: (text) => stdout.push(text) },
    stderr: {
      write(text) {
        controller.onError?.(text);
        return stderr.push(text);
      },
    },
    env: { CASSAVA_CACHE: join(cwd, "cache"), ...env },
    cwd,
    signal: controller.signal,
  });
  const outcome = { code, stdout: stdout.join(""), stderr: stderr.join("") };
  if (args.includes("--json")) checkDocument(args, outcome.stdout);
  return outcome;
}

/** Every document that a test sees has the form that its schema says. */
function checkDocument(args: readonly string[], stdout: string): void {
  const words = args.filter((word) => !word.startsWith("--"));
  const command = words[0] === "tfrecord" ? words.slice(0, 2).join(" ") : words[0]!;
  // `cassava schema NAME` answers with a schema.
  if (command === "schema" && words.length > 1) return;
  const document: unknown = JSON.parse(stdout);
  const isError = typeof document === "object" && document !== null && "error" in document;
  const name = isError ? "error" : args.includes("--print-config") ? "print-config" : command;
  const schema = (DOCUMENTS as Readonly<Record<string, z.ZodType>>)[name];
  if (schema === undefined) throw new Error(`there is no schema of what ${name} writes: src/schemas/index.ts`);
  const checked = schema.safeParse(document);
  if (!checked.success) throw new Error(`${name} --json is not as its schema says:\n${z.prettifyError(checked.error)}`);
}

/** A folder that is removed after `work`. */
export async function scratchFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "cassava-cli-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Every file and folder below `folder`, hidden ones too, but for the cache. */
export async function everythingIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => !name.startsWith("cache")).sort();
}
