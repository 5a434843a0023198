import { resolve } from "node:path";
import {
  accuracyScore,
  balancedAccuracyScore,
  type ConfusionStatistic,
  confusionMatrix,
  mcnemarTest,
  pairedBootstrap,
  predictedClasses,
} from "@cassava/metrics";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { type CommonOptions, choice } from "../options.ts";
import { readPredictions } from "../run/read-run.ts";
import { readRunFile } from "../run/run-folder.ts";
import type { RunConfig } from "../run/settings.ts";
import { percent } from "../terminal/format.ts";

interface Options extends CommonOptions {
  readonly part: "auto" | "test" | "validation";
}

/** Level of the interval and of the test. */
const [CONFIDENCE, SEED] = [0.95, 42];

/** `cassava compare <A> <B>` */
export function compareCommand(program: Command, context: CliContext): void {
  program
    .command("compare")
    .description("say whether run B is better than run A on the same images, beyond noise")
    .argument("<A>", "a folder that cassava train wrote")
    .argument("<B>", "another")
    .addOption(
      choice(
        "--part <name>",
        "part that they are judged by; auto: test, or validation without one",
        ["auto", "test", "validation"],
        "auto",
      ),
    )
    .action(
      act(context, async ({ cwd, output }, { part: asked }: Options, pathA: string, pathB: string) => {
        const [runA, runB] = [resolve(cwd, pathA), resolve(cwd, pathB)];
        const [configA, configB] = [await classesOf(runA), await classesOf(runB)];
        if (configA.join() !== configB.join()) {
          throw new CliError(
            "RUN_INVALID",
            `the runs know other classes: ${configA.join(", ")} and ${configB.join(", ")}`,
          );
        }
        const part = asked === "auto" ? ((await readPredictions(runA, "test")) ? "test" : "validation") : asked;
        const [a, b] = [await answersOf(runA, part), await answersOf(runB, part)];
        const common = [...a.keys()].filter((id) => b.has(id));
        if (common.length === 0) {
          throw new CliError(
            "NO_IMAGES",
            `no image of ${part} is judged by both runs: train them on the same split (--split)`,
          );
        }
        const left = Math.max(a.size, b.size) - common.length;
        if (left > 0) output.warn(`${left} images are judged by one of the runs only and are left out`);
        const found = comparison(common, a, b, configA.length);
        output.result({ version: 1, a: runA, b: runB, part, ...found }, describe(found, part, pathA, pathB));
      }),
    );
}

async function classesOf(run: string): Promise<readonly string[]> {
  return (await readRunFile<RunConfig>(run, "config.json")).classes;
}

/** The label of every image of a part, and the answer to it. */
type Answers = ReadonlyMap<string, { readonly label: number; readonly answer: number }>;

async function answersOf(run: string, part: "test" | "validation"): Promise<Answers> {
  const found = await readPredictions(run, part);
  if (found === undefined) {
    throw new CliError("RUN_INVALID", `${run} has no labelled answers for its ${part} part: choose another --part`);
  }
  const { ids, labels, probabilities, classes } = found;
  const answers = predictedClasses(probabilities, classes);
  return new Map(ids.map((id, i) => [id, { label: labels[i]!, answer: answers[i]! }]));
}

function comparison(ids: readonly string[], a: Answers, b: Answers, classes: number) {
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

function describe(found: ReturnType<typeof comparison>, part: string, a: string, b: string): string {
  const lines = [found.accuracy, found.balancedAccuracy].map(({ name, a: one, b: two, difference, verdict }) => {
    const label = name === "accuracy" ? "accuracy" : "balanced accuracy";
    const words = { better: "B is better", worse: "B is worse", "within-noise": "no difference beyond noise" }[verdict];
    return `${label}: A ${percent(one)}, B ${percent(two)}; B - A ${percent(difference.estimate)} (95 % interval ${percent(difference.low)} to ${percent(difference.high)}): ${words}`;
  });
  const { onlyA, onlyB, pValue } = found.mcnemar;
  return [
    `A: ${a}\nB: ${b}`,
    `${found.images} images of ${part}, the same for both`,
    ...lines,
    `only A is right on ${onlyA}, only B on ${onlyB}; McNemar's exact test p ${pValue < 0.001 ? "< 0.001" : `= ${pValue.toFixed(3)}`}`,
  ].join("\n");
}
