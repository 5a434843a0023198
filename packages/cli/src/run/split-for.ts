import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Dataset } from "@cassava/contracts";
import { checkSplit, parseSplit, type Split, split } from "@cassava/data";
import type { ActionContext } from "../context.ts";
import { CliError } from "../errors.ts";
import type { TrainSettings } from "./settings.ts";

/** The split that a run is trained by: that of a file, or a new one. Throws CliError `OPTION_INVALID`, DataError. */
export async function splitFor(
  settings: Pick<TrainSettings, "split" | "ratios" | "seed">,
  dataset: Dataset,
  { output }: ActionContext,
): Promise<Split> {
  const { split: file, ratios, seed } = settings;
  if (file === null) return split(dataset, { ratios, seed });
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new CliError("OPTION_INVALID", `--split: ${file} cannot be read: write one with cassava split`, { cause });
  }
  const saved = parseSplit(text, { file });
  const { leftover, split: replayed } = checkSplit(saved, dataset);
  if (leftover.length > 0) output.warn(`${leftover.length} labelled images are in no part of ${file} and are left out`);
  if (!isDeepStrictEqual(saved.counts, replayed.counts)) {
    output.warn(`the labels have changed since ${file} was made; its class counts are taken anew`);
  }
  return replayed;
}
