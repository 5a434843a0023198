import { stat } from "node:fs/promises";
import { CliError } from "../errors.ts";
import { isWeightsPath, type TrainSettings } from "./settings.ts";

/**
 * Refuses files that options name and that are not there, before the data set is read and hashed for minutes.
 *
 * @throws {CliError} `OPTION_INVALID`
 */
export async function checkPaths({ weights, split }: Pick<TrainSettings, "weights" | "split">): Promise<void> {
  if (isWeightsPath(weights)) {
    const remedy = "name a Keras .h5 file without top or tfjs's model.json, or take imagenet";
    await needFile("--weights", weights, remedy);
  }
  if (split !== null) await needFile("--split", split, "write one with cassava split");
}

async function needFile(option: string, path: string, remedy: string): Promise<void> {
  const fault = await stat(path).then(
    (found) => (found.isFile() ? undefined : "is no file"),
    () => "is not there",
  );
  if (fault !== undefined) throw new CliError("OPTION_INVALID", `${option}: ${path} ${fault}: ${remedy}`);
}
