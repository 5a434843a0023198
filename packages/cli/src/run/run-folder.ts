import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError } from "../errors.ts";

/** What a run may hold; a folder with anything else in it is never replaced. */
const CONTENT = new Set([
  "config.json",
  "diagnosis.json",
  "folds.json",
  "history.csv",
  "log.txt",
  "MODEL_CARD.md",
  "metrics.json",
  "model",
  "observations.json",
  "predictions.jsonl",
  "report.html",
  "shards",
  "split.json",
  "timings.json",
]);

/** A run folder in the making: everything goes to a temporary folder beside it until it is whole. */
export interface RunFolder {
  /** Where the folder is until `finish`. */
  readonly temporary: string;
  write(name: string, text: string): Promise<void>;
  /** Gives the folder its name. */
  finish(): Promise<void>;
  /** Removes what was written; no effect on a finished run. */
  abandon(): Promise<void>;
}

/** How {@link createRunFolder} treats a folder that is there already. */
export interface CreateRunFolderOptions {
  /** Replace it, if it is a run and nothing else; otherwise an existing folder is an error. */
  readonly replace?: boolean;
}

/**
 * Starts a run folder.
 *
 * @throws {CliError} `RUN_EXISTS`, `OUTPUT_FAILED`
 */
export async function createRunFolder(
  folder: string,
  { replace = false }: CreateRunFolderOptions = {},
): Promise<RunFolder> {
  const there = existsSync(folder);
  if (there && !(replace && (await isRun(folder)))) {
    throw new CliError("RUN_EXISTS", `${folder} exists already: choose another --out, or remove it`);
  }
  const beside = (what: string) => join(dirname(folder), `.${basename(folder)}.${process.pid}.${what}`);
  const temporary = beside("partial");
  await removeOrphans(folder);
  try {
    await mkdir(temporary, { recursive: true });
  } catch (cause) {
    throw new CliError("OUTPUT_FAILED", `--out: ${folder} cannot be made (${reasonOf(cause)}): choose another folder`, {
      cause,
    });
  }
  return {
    temporary,
    write: (name, text) => writeFile(join(temporary, name), text),
    async finish() {
      const old = beside("old");
      try {
        if (there) await rename(folder, old);
        await rename(temporary, folder);
      } catch (cause) {
        // The work of hours is worth more than a tidy folder.
        const kept = join(dirname(folder), `${basename(folder)}.${process.pid}`);
        await rename(temporary, kept);
        const message = `${folder} was taken while the run went on (${reasonOf(cause)}): the run is in ${kept}`;
        throw new CliError("OUTPUT_FAILED", message, { cause });
      }
      await rm(old, { recursive: true, force: true });
    },
    abandon: () => rm(temporary, { recursive: true, force: true }),
  };
}

/** Removes what runs of this name left that were ended at once (a second Ctrl-C, a power cut). */
async function removeOrphans(folder: string): Promise<void> {
  const names = await readdir(dirname(folder)).catch((): string[] => []);
  const prefix = `.${basename(folder)}.`;
  for (const name of names) {
    const [, pid] = /^(\d+)\.partial$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : "") ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process lives too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function isRun(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => ["not a folder"]);
  if (!names.includes("config.json") || !names.every((name) => CONTENT.has(name))) return false;
  const config = await readRunFile<{ readonly settings?: unknown }>(folder, "config.json").catch(() => undefined);
  return config?.settings !== undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * A JSON object of a finished run, of version 1.
 *
 * @throws {CliError} `RUN_MISSING`, `RUN_INVALID`
 */
export async function readRunFile<T extends object>(run: string, name: string): Promise<T> {
  const file = join(run, name);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const message = `${run} is no finished run: it has no ${name}; pass a folder that cassava train wrote`;
    throw new CliError("RUN_MISSING", message, { cause });
  }
  try {
    const value = JSON.parse(text) as { readonly version?: unknown } | null;
    if (value?.version === 1) return value as T;
  } catch (cause) {
    throw new CliError("RUN_INVALID", `${file} is not JSON: train the run again`, { cause });
  }
  throw new CliError("RUN_INVALID", `${file} was damaged, or written by another version: train the run again`);
}
