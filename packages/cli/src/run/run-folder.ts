import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError } from "../errors.ts";

/** A run folder in the making: everything goes to a temporary folder beside it until it is whole. */
export interface RunFolder {
  /** Where the folder is until `finish`. */
  readonly temporary: string;
  write(name: string, text: string): Promise<void>;
  /** Gives the folder its name. */
  finish(): Promise<void>;
  /** Removes what was written. */
  abandon(): Promise<void>;
}

/** How {@link createRunFolder} treats a folder that is there already. */
export interface CreateRunFolderOptions {
  /** Replace it, if it is a run; otherwise an existing folder is an error. */
  readonly replace?: boolean;
}

/**
 * Starts a run folder.
 *
 * @throws {CliError} `RUN_EXISTS`
 */
export async function createRunFolder(
  folder: string,
  { replace = false }: CreateRunFolderOptions = {},
): Promise<RunFolder> {
  if (existsSync(folder) && !(replace && existsSync(join(folder, "config.json")))) {
    throw new CliError("RUN_EXISTS", `${folder} exists already: choose another --out, or remove it`);
  }
  const temporary = join(dirname(folder), `.${basename(folder)}.${process.pid}.partial`);
  await mkdir(temporary, { recursive: true });
  return {
    temporary,
    write: (name, text) => writeFile(join(temporary, name), text),
    async finish() {
      if (replace) await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder);
    },
    abandon: () => rm(temporary, { recursive: true, force: true }),
  };
}

/**
 * A JSON file of a finished run.
 *
 * @throws {CliError} `RUN_MISSING`, `RUN_INVALID`
 */
export async function readRunFile<T>(run: string, name: string): Promise<T> {
  let text: string;
  try {
    text = await readFile(join(run, name), "utf8");
  } catch (cause) {
    throw new CliError(
      "RUN_MISSING",
      `${run} is no finished run: it has no ${name}; pass a folder that cassava train wrote`,
      {
        cause,
      },
    );
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new CliError("RUN_INVALID", `${join(run, name)} is not JSON: train the run again`, { cause });
  }
}
