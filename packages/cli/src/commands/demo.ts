import { join, relative, resolve } from "node:path";
import { audit, split } from "@cassava/data";
import { defaultDecoder, writeSyntheticShards } from "@cassava/data/node";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { type CommonOptions, engineOption, whole } from "../options.ts";
import { withDataset } from "../run/dataset.ts";
import { pixelBaseline } from "../run/pixel-baseline.ts";
import { createRunFolder } from "../run/run-folder.ts";
import type { TrainSettings } from "../run/settings.ts";
import { stopwatch } from "../run/stages.ts";
import { trainRun } from "../run/train-run.ts";
import { duration } from "../terminal/format.ts";
import { describeAudit } from "./audit.ts";
import { describeSplit } from "./split.ts";
import { describeResult } from "./train.ts";

interface Options extends CommonOptions {
  readonly seed: number;
  readonly images: number;
  readonly epochs: number;
  readonly engine: string;
  readonly out: string;
}

const SHARDS = 4;
const RATIOS = [0.6, 0.2, 0.2];

/** `cassava demo` */
export function demoCommand(program: Command, context: CliContext): void {
  program
    .command("demo")
    .description("the whole way on synthetic leaves: shards, audit, split, a network trained from scratch, a verdict")
    .option("--images <n>", "synthetic photographs", whole(100), 1600)
    .option("--epochs <n>", "of training", whole(1), 9)
    .option("--seed <n>", "of images, split and training", whole(0), 42)
    .addOption(engineOption())
    .option("--out <dir>", "folder for the run; an earlier run there is replaced", "runs/demo")
    .action(
      act(context, async (action, options: Options) => {
        const { output, cwd, signal } = action;
        const out = resolve(cwd, options.out);
        const { seed, images, epochs, engine } = options;
        const folder = await createRunFolder(out, { replace: true });
        const stages = stopwatch();
        try {
          const shards = join(folder.temporary, "shards");
          output.info(`painting ${images} synthetic leaves (seed ${seed}) into ${SHARDS} shards`);
          await stages.time("painting", () =>
            writeSyntheticShards(shards, { count: images, seed }, { shards: SHARDS, signal }),
          );
          const result = await withDataset(shards, output, async (dataset) => {
            const report = await stages.time("audit", () => audit(dataset, { decode: defaultDecoder(), signal }));
            output.info(`${describeAudit(report)}\n`);
            const made = split(dataset, { ratios: RATIOS, seed });
            output.info(
              describeSplit(
                made,
                dataset.classes.map(({ name }) => name),
              ),
            );
            const pixels = await stages.time("baseline", () => pixelBaseline(dataset, made, action));
            const settings = demoSettings({ dataset: [join(out, "shards")], seed, epochs, engine });
            return trainRun({ dataset, split: made, settings, folder, stages, baselines: [pixels] }, action);
          });
          await folder.write("log.txt", `${output.log.join("\n")}\n`);
          await folder.finish();
          const { epochs: ran, reason } = result.fit;
          const document = { run: out, epochs: ran, reason, ...result.metrics };
          output.result(document, `\n${describeResult(result, stages.seconds, relative(cwd, out))}`);
          const total = Object.values(stages.seconds).reduce((sum, seconds) => sum + seconds, 0);
          output.info(`in ${duration(total)}. Next: your own photographs, with cassava audit and cassava train.`);
        } catch (error) {
          await folder.abandon();
          throw error;
        }
      }),
    );
}

/** A small residual network from scratch; the settings are fixed, so that the demo is the same everywhere. */
function demoSettings(given: Pick<TrainSettings, "dataset" | "seed" | "epochs" | "engine">): TrainSettings {
  return {
    ...given,
    backbone: "resnet14",
    weights: "none",
    split: null,
    ratios: RATIOS,
    inputSize: null,
    alpha: 1,
    pooling: "avg",
    preprocessing: "own",
    unfreeze: "all",
    head: [],
    dropout: 0,
    headBatchNorm: false,
    headActivation: "relu",
    priorBias: false,
    batchSize: 32,
    optimizer: "adam",
    learningRate: 3e-3,
    schedule: "cosine",
    loss: "crossentropy",
    clipNorm: null,
    accumulate: 1,
    ema: null,
    augment: "none",
    views: 1,
    featurePrecision: "float32",
    mixUp: 0,
    labelSmoothing: 0,
    classWeights: "none",
    plateau: 0,
    fineTune: 0,
    fineTuneEpochs: 0,
    fineTuneRate: 0,
    fineTuneOptimizer: "adam",
    testViews: 0,
    recipe: null,
    patience: 0,
    frozenEngine: "auto",
  };
}
