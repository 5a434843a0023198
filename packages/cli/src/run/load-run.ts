import { join } from "node:path";
import type { FrozenEngine } from "@cassava/contracts";
import { folderStore } from "@cassava/data/node";
import { type CassavaClassifier, isModelsError, loadClassifier } from "@cassava/models";
import { CliError } from "../errors.ts";
import { frozenThreads } from "./frozen-threads.ts";

/**
 * The classifier that a run saved, its frozen part run by `frozenEngine`; the caller disposes of it.
 *
 * @throws {CliError} `RUN_INVALID`: names the folder.
 */
export async function loadRunModel(run: string, frozenEngine?: FrozenEngine): Promise<CassavaClassifier> {
  const folder = join(run, "model");
  try {
    return await loadClassifier(folderStore(folder), { frozenEngine, frozenThreads: frozenThreads() });
  } catch (error) {
    if (!isModelsError(error)) throw error;
    throw new CliError("RUN_INVALID", `${folder}: ${error.message}`, { cause: error });
  }
}
