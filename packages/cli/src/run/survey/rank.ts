import { basename, join } from "node:path";
import { holmAdjusted, wilsonInterval } from "@cassava/metrics";
import type { SurveyInput, SurveyModel } from "@cassava/report";
import { answersOf, comparison } from "../comparison.ts";
import type { RunMetrics } from "../measure.ts";
import { reportInputOf } from "../report-input.ts";
import { readRunFile } from "../run-folder.ts";
import { trainCommandOf } from "../train-command.ts";

/** A model that could not be trained. */
export interface FailedModel {
  readonly name: string;
  readonly reason: string;
}

/**
 * Ranks finished runs of one split by accuracy, then by balanced accuracy, each against the first on the same images.
 *
 * @param folder holds a run folder for each of `names`
 */
export async function rankRuns(
  folder: string,
  names: readonly string[],
  failed: readonly FailedModel[],
): Promise<SurveyInput> {
  const runs = await Promise.all(names.map((name) => readModel(folder, name)));
  runs.sort(
    (a, b) =>
      b.model.accuracy.estimate! - a.model.accuracy.estimate! ||
      b.model.balancedAccuracy.estimate! - a.model.balancedAccuracy.estimate!,
  );
  const [first, ...others] = runs;
  const title = `Survey: ${basename(folder)}`;
  if (first === undefined) return { title, about: "no model was trained", images: 0, part: "test", models: [], failed };
  const ids = [...first.answers.keys()];
  const compared = others.map(({ answers }) => comparison(ids, answers, first.answers, first.classes));
  const adjusted = holmAdjusted(compared.map(({ mcnemar }) => mcnemar.pValue));
  const { n } = first.summary;
  const majority = wilsonInterval(Math.round(first.summary.majorityShare * n), n);
  const { settings } = first.config;
  return {
    title,
    about: `${runs.length} models on one split of ${settings.dataset.map((path) => basename(path)).join(", ")}; seed ${settings.seed}`,
    images: n,
    part: first.part,
    majority,
    models: [
      first.model,
      ...others.map(({ model }, i): SurveyModel => {
        const { accuracy, mcnemar } = compared[i]!;
        return {
          ...model,
          difference: {
            accuracy: accuracy.difference,
            onlyFirst: mcnemar.onlyB,
            onlyThis: mcnemar.onlyA,
            adjustedP: adjusted[i]!,
          },
        };
      }),
    ],
    failed,
    reproduce: runs.map(({ config, model }) => trainCommandOf(config, undefined, model.name)),
  };
}

async function readModel(folder: string, name: string) {
  const run = join(folder, name);
  const input = await reportInputOf(run);
  const { part } = await readRunFile<RunMetrics>(run, "metrics.json");
  const { config, summary, verdict, diagnosis, history, seconds } = input;
  const grave = diagnosis?.findings.find(({ severity }) => severity !== "info");
  const cause = diagnosis?.causes[0];
  const model: SurveyModel = {
    name,
    weights: input.weights,
    accuracy: summary.accuracy,
    balancedAccuracy: summary.balancedAccuracy,
    macroF1: summary.macroF1,
    logLoss: summary.logLoss,
    verdict: verdict.level,
    seconds,
    parameters: config.model.parameters,
    trainableParameters: config.model.trainableParameters,
    ...(history && { history }),
    ...(grave && { finding: cause ? `${grave.title}; most likely ${cause.title}` : grave.title }),
    href: `${encodeURIComponent(name)}/report.html`,
  };
  return { model, config, summary, part, classes: config.classes.length, answers: await answersOf(run, part) };
}
