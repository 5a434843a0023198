import {
  accuracyScore,
  balancedAccuracyScore,
  type ConfusionStatistic,
  confusionMatrix,
  mcnemarTest,
  pairedBootstrap,
  predictedClasses,
} from "@cassava/metrics";
import { CliError } from "../errors.ts";
import { readPredictions } from "./read-run.ts";

/** Level of the interval and of the test. */
const [CONFIDENCE, SEED] = [0.95, 42];

/** The label of every image of a part, and the answer to it. */
export type Answers = ReadonlyMap<string, { readonly label: number; readonly answer: number }>;

/** The answers of a run for a part of its split. Throws CliError `RUN_INVALID`. */
export async function answersOf(run: string, part: "test" | "validation"): Promise<Answers> {
  const found = await readPredictions(run, part);
  if (found === undefined) {
    throw new CliError("RUN_INVALID", `${run} has no labelled answers for its ${part} part: choose another --part`);
  }
  const { ids, labels, probabilities, classes } = found;
  const answers = predictedClasses(probabilities, classes);
  return new Map(ids.map((id, i) => [id, { label: labels[i]!, answer: answers[i]! }]));
}

/** B against A on images that both have judged. Throws CliError `RUN_INVALID` where their labels differ. */
export function comparison(ids: readonly string[], a: Answers, b: Answers, classes: number) {
  const changed = ids.find((id) => a.get(id)!.label !== b.get(id)!.label);
  if (changed !== undefined) {
    throw new CliError("RUN_INVALID", `${changed} has another label in each run: train them on the same labels`);
  }
  const labels = ids.map((id) => a.get(id)!.label);
  const [answersA, answersB] = [a, b].map((answers) => ids.map((id) => answers.get(id)!.answer)) as [
    number[],
    number[],
  ];
  const right = (answers: readonly number[]) => answers.map((answer, i) => answer === labels[i]);
  const options = { classes, seed: SEED, confidence: CONFIDENCE };
  const score = (name: "accuracy" | "balancedAccuracy", statistic: ConfusionStatistic) => {
    const of = (answers: readonly number[]) => statistic(confusionMatrix(labels, answers, { classes }));
    // Stratified, as the shares of the classes are part of the question and not of the noise.
    const difference = pairedBootstrap(labels, answersB, answersA, statistic, { ...options, stratify: true });
    return { name, a: of(answersA), b: of(answersB), difference };
  };
  const accuracy = score("accuracy", (matrix) => accuracyScore(matrix));
  const balanced = score("balancedAccuracy", (matrix) => balancedAccuracyScore(matrix));
  const test = mcnemarTest(right(answersB), right(answersA));
  const level = (low: number, high: number) => (low > 0 ? "better" : high < 0 ? "worse" : "within-noise");
  return {
    images: ids.length,
    accuracy: { ...accuracy, verdict: level(accuracy.difference.low, accuracy.difference.high) },
    balancedAccuracy: { ...balanced, verdict: level(balanced.difference.low, balanced.difference.high) },
    mcnemar: { onlyA: test.onlyB, onlyB: test.onlyA, pValue: test.pValue },
  };
}
