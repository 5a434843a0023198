import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { CliError } from "../errors.ts";
import type { RawConfig } from "./check-config.ts";
import { defineConfig } from "./define-config.ts";

/** Names that are looked for in the working directory. */
const CONFIG_NAMES = ["ts", "mts", "js", "mjs", "json"].map((ending) => `cassava.config.${ending}`);

/** A configuration and where it lies. */
export interface LoadedConfig {
  readonly file: string;
  readonly config: RawConfig;
}

/** Where a configuration is looked for. */
export interface ConfigPlace {
  readonly cwd: string;
  /** The file that was asked for by name. */
  readonly asked?: string | undefined;
}

/**
 * Loads and checks the configuration that was asked for, or the one in the working directory; undefined where there is none.
 *
 * @throws {CliError} `CONFIG_MISSING`, `CONFIG_UNREADABLE`, `CONFIG_INVALID`
 */
export async function loadConfig({ cwd, asked }: ConfigPlace, program: Command): Promise<LoadedConfig | undefined> {
  const file = asked === undefined ? findConfig(cwd) : resolve(cwd, asked);
  if (file === undefined) return undefined;
  if (!existsSync(file)) {
    const message = `--config: ${file} is not there: name a file, or write one with cassava init`;
    throw new CliError("CONFIG_MISSING", message);
  }
  let found: unknown;
  try {
    found = file.endsWith(".json") ? JSON.parse(await readFile(file, "utf8")) : await importConfig(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError("CONFIG_UNREADABLE", `${file} cannot be loaded: ${reason}`, { cause });
  }
  // zod comes in only where there is something to check.
  const { checkConfig } = await import("./check-config.ts");
  return { file, config: checkConfig(found, file, program) };
}

/** The configuration of a folder, the first of {@link CONFIG_NAMES}. */
export function findConfig(folder: string): string | undefined {
  return CONFIG_NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/** The default export of a module, TypeScript or not; `@cassava/cli` in it is this package, wherever it is installed. */
async function importConfig(file: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  const jiti = createJiti(file, {
    fsCache: false,
    moduleCache: false,
    virtualModules: { "@cassava/cli": { defineConfig } },
  });
  return jiti.import(file, { default: true });
}
