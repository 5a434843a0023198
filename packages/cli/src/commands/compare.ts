import { resolve } from "node:path";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { type CommonOptions, choice } from "../options.ts";
import { answersOf, comparison } from "../run/comparison.ts";
import { readPredictions } from "../run/read-run.ts";
import { readRunFile } from "../run/run-folder.ts";
import type { RunConfig } from "../run/settings.ts";
import { percent } from "../terminal/format.ts";

interface Options extends CommonOptions {
  readonly part: "auto" | "test" | "validation";
}

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
