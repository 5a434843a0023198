import { join } from "node:path";
import { folderStore } from "@cassava/data/node";
import { type CassavaClassifier, isModelsError, loadClassifier } from "@cassava/models";
import { CliError } from "../errors.ts";

/**
 * The classifier that a run saved; the caller disposes of it.
 *
 * @throws {CliError} `RUN_INVALID`: names the folder.
 */
export async function loadRunModel(run: string): Promise<CassavaClassifier> {
  const folder = join(run, "model");
  try {
    return await loadClassifier(folderStore(folder));
  } catch (error) {
    if (!isModelsError(error)) throw error;
    throw new CliError("RUN_INVALID", `${folder}: ${error.message}`, { cause: error });
  }
}
