import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DiagnosisInput, type History, type Predictions, readHistory } from "@cassava/metrics/diagnosis";
import { CliError } from "../errors.ts";
import type { RunObservations } from "./knowledge.ts";
import { readRunFile } from "./run-folder.ts";
import type { RunConfig } from "./settings.ts";

/**
 * All that the folder of a finished run says of it.
 *
 * @throws {CliError} `RUN_MISSING`, `RUN_INVALID`
 */
export async function readRun(run: string): Promise<DiagnosisInput> {
  const { classes } = await readRunFile<RunConfig>(run, "config.json");
  const observed = existsSync(join(run, "observations.json"))
    ? await readRunFile<RunObservations>(run, "observations.json")
    : undefined;
  const file = join(run, "history.csv");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    const message = `${run} has no history.csv: pass a folder that cassava train wrote (a cross-validation has none)`;
    throw new CliError("RUN_INVALID", message, { cause });
  });
  const history: History = readHistory(text, { file });
  const predictions = await readPredictions(run, "validation");
  const { version: _, ...known } = observed ?? { version: 1 as const };
  return { classes, ...known, history, ...(predictions && { predictions }) };
}

/** One line of `predictions.jsonl`. */
interface PredictionLine {
  readonly id: string;
  readonly part: string;
  readonly label: number | null;
  readonly probabilities: readonly number[];
}

/** The labelled answers of a run for a part of its split; undefined where there are none. Throws CliError `RUN_INVALID`. */
export async function readPredictions(
  run: string,
  part: "validation" | "test",
): Promise<(Predictions & { readonly ids: readonly string[] }) | undefined> {
  const file = join(run, "predictions.jsonl");
  if (!existsSync(file)) return undefined;
  let rows: PredictionLine[];
  try {
    const lines = (await readFile(file, "utf8")).split("\n").filter((text) => text !== "");
    rows = lines.map((text) => JSON.parse(text) as PredictionLine);
  } catch (cause) {
    throw new CliError("RUN_INVALID", `${file} holds a line that is not JSON: train the run again`, { cause });
  }
  const found = rows.filter((row) => row.part === part && row.label !== null);
  if (found.length === 0) return undefined;
  return {
    split: part,
    ids: found.map(({ id }) => id),
    labels: found.map(({ label }) => label!),
    probabilities: Float64Array.from(found.flatMap(({ probabilities }) => probabilities)),
    classes: found[0]!.probabilities.length,
  };
}
