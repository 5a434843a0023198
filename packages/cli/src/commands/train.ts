import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Dataset } from "@cassava/contracts";
import { checkSplit, parseRatios, parseSplit, type Split, serializeSplit, split } from "@cassava/data";
import { backboneSpec, backbones } from "@cassava/models";
import { type Command, Option } from "commander";
import { type ActionContext, act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { type CommonOptions, choice, DATASET, fromZero, positive, share, whole, widths } from "../options.ts";
import { AUGMENT, augmentationText } from "../run/augmentation.ts";
import { checkTrainable } from "../run/check-split.ts";
import { withDataset } from "../run/dataset.ts";
import { FROZEN_ENGINE, FROZEN_ENGINES } from "../run/frozen-engine.ts";
import { describeSummary } from "../run/measure.ts";
import { createRunFolder } from "../run/run-folder.ts";
import type { TrainSettings } from "../run/settings.ts";
import { stopwatch } from "../run/stages.ts";
import { type TrainRunResult, trainRun } from "../run/train-run.ts";
import { openUnfinished, type Unfinished } from "../run/unfinished.ts";
import { duration } from "../terminal/format.ts";
import { describeSplit } from "./split.ts";

interface Options extends CommonOptions {
  readonly backbone: string;
  readonly weights: string;
  readonly split?: string;
  readonly ratios: string;
  readonly inputSize?: number;
  readonly alpha: number;
  readonly pooling: TrainSettings["pooling"];
  readonly unfreeze?: string;
  readonly head: number[];
  readonly dropout: number;
  readonly headBatchNorm?: true;
  readonly headActivation: TrainSettings["headActivation"];
  readonly priorBias?: true;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: TrainSettings["optimizer"];
  readonly learningRate: number;
  readonly schedule: TrainSettings["schedule"];
  readonly loss: TrainSettings["loss"];
  readonly clipNorm?: number;
  readonly accumulate: number;
  readonly ema?: number;
  readonly augment: string;
  readonly views: number;
  readonly mixup: number;
  readonly labelSmoothing: number;
  readonly classWeights: TrainSettings["classWeights"];
  readonly patience: number;
  readonly seed: number;
  readonly engine: string;
  readonly frozenEngine: TrainSettings["frozenEngine"];
  readonly resume?: true;
  readonly out: string;
}

/** `cassava train <dataset>` */
export function trainCommand(program: Command, context: CliContext): void {
  const names = Object.keys(backbones).join(", ");
  const published = Object.values(backbones).flatMap(({ name, imagenet }) =>
    imagenet ? [`  ${name}: ${imagenet(1).url}`] : [],
  );
  program
    .command("train")
    .description("train a head on a frozen backbone (or more of it), evaluate it on held-out images and save the run")
    .argument("<dataset...>", DATASET)
    .requiredOption("--backbone <name>", `the network: ${names}`)
    .requiredOption(
      "--weights <source>",
      "imagenet: the official ones, downloaded once into the cache; or a path or an address of a Keras .h5 file without top (may be gzipped) or of tfjs's model.json; none: from scratch",
    )
    .requiredOption("--out <dir>", "folder for the run; it must not exist yet")
    .option("--resume", "go on with a run of the same settings that was cut short")
    .addOption(new Option("--split <file>", "replay a split of cassava split").conflicts("ratios"))
    .option("--ratios <a/b/c>", "train/validation/test, stratified", "60/20/20")
    .option("--input-size <px>", "height and width of the images (default: the backbone's)", whole(1, 1024))
    .option("--alpha <multiplier>", "width of a backbone that has several: .25, .5, .75 or 1 of mobilenet", positive, 1)
    .addOption(choice("--pooling <name>", "how features become one vector", ["avg", "max", "none"], "avg"))
    .option(
      "--unfreeze <stage>",
      "train the backbone from this stage on; all: from its first (default: none with weights, all without)",
    )
    .option("--head <widths>", "hidden layers, as 256,128,64; none: a linear head", widths, [256])
    .option("--dropout <share>", "after each hidden layer", share, 0.3)
    .option("--head-batch-norm", "normalize each hidden layer before its activation")
    .addOption(
      choice("--head-activation <name>", "of the hidden layers", ["relu", "elu", "tanh", "swish", "linear"], "relu"),
    )
    .option("--prior-bias", "begin with the shares of the training classes as the answer")
    .option("--epochs <n>", "at most", whole(1), 30)
    .option("--batch-size <n>", "images in a step", whole(1), 32)
    .addOption(choice("--optimizer <name>", "how weights move", ["adam", "adamW", "rmsprop", "sgd"], "adam"))
    .option(
      "--learning-rate <rate>",
      "the highest rate; for --unfreeze of pretrained stages take about 1e-5",
      positive,
      1e-3,
    )
    .addOption(
      choice(
        "--schedule <name>",
        "how the rate changes",
        ["constant", "step", "exponential", "polynomial", "cosine", "one-cycle"],
        "constant",
      ),
    )
    .addOption(
      choice("--loss <name>", "focal: what is already right counts less", ["crossentropy", "focal"], "crossentropy"),
    )
    .option("--clip-norm <norm>", "largest norm of all gradients together", positive)
    .option("--accumulate <steps>", "average the gradients of so many steps before the weights change", whole(1), 1)
    .option("--ema <decay>", "evaluate and keep an average of the weights, such as 0.99", share)
    .option("--augment <steps>", AUGMENT, augmentationText, "none")
    .option("--views <n>", "with --augment: kinds of each image whose features are kept", whole(1, 64), 4)
    .option("--mixup <alpha>", "mix training images and their labels, such as 0.2; 0: never", fromZero, 0)
    .option("--label-smoothing <share>", "share of the target given to all classes", share, 0)
    .addOption(
      choice("--class-weights <name>", "balanced: rare classes count more in the loss", ["none", "balanced"], "none"),
    )
    .option("--patience <epochs>", "stop after so many epochs without a better validation loss; 0: never", whole(0), 5)
    .option("--seed <n>", "of split, order, initial weights and dropout", whole(0), 42)
    .option("--engine <name>", "auto, tensorflow, wasm or cpu", "auto")
    .addOption(
      choice("--frozen-engine <name>", `${FROZEN_ENGINE}; auto: onnx where it is installed`, FROZEN_ENGINES, "auto"),
    )
    .addHelpText("after", `\nThe weights of --weights imagenet:\n${published.join("\n")}`)
    .action(
      act(context, async (action, options: Options, paths: string[]) => {
        const { output, cwd } = action;
        const out = resolve(cwd, options.out);
        const settings = settingsOf(options, paths, cwd);
        const folder = await createRunFolder(out);
        const stages = stopwatch();
        let unfinished: Unfinished | undefined;
        try {
          const result = await withDataset(
            paths.map((path) => resolve(cwd, path)),
            output,
            async (dataset) => {
              const made = await stages.time("split", () => splitFor(settings, dataset, action));
              await stages.time("split", () => checkTrainable(dataset, made, action));
              const identity = { split: createHash("sha256").update(serializeSplit(made)).digest("hex") };
              unfinished = await openUnfinished(out, settings, { asked: options.resume ?? false, identity }, output);
              output.info(
                describeSplit(
                  made,
                  dataset.classes.map(({ name }) => name),
                ),
              );
              return trainRun({ dataset, split: made, settings, folder, stages, unfinished }, action);
            },
          );
          await folder.write("log.txt", `${output.log.join("\n")}\n`);
          await folder.finish();
          await unfinished?.finished();
          const { epochs, reason } = result.fit;
          const timings = { seconds: stages.seconds, peakMemoryMiB: result.peakMemoryMiB };
          const document = { run: out, epochs, reason, timings, ...result.metrics };
          output.result(document, describeResult(result, stages.seconds, out));
        } catch (error) {
          await folder.abandon();
          await unfinished?.failed(error, output);
          throw error;
        }
      }),
    );
}

function settingsOf(options: Options, paths: readonly string[], cwd: string): TrainSettings {
  const fromScratch = options.weights === "none";
  const linear = options.head.length === 0;
  return {
    dataset: paths.map((path) => resolve(cwd, path)),
    backbone: backboneSpec(options.backbone).name,
    weights: isPath(options.weights) ? resolve(cwd, options.weights) : options.weights,
    split: options.split === undefined ? null : resolve(cwd, options.split),
    ratios: parseRatios(options.ratios),
    inputSize: options.inputSize ?? null,
    alpha: options.alpha,
    pooling: options.pooling,
    unfreeze: options.unfreeze ?? (fromScratch ? "all" : null),
    head: options.head,
    // What a linear head and plain images do not have is recorded as such: a resumed run compares settings.
    dropout: linear ? 0 : options.dropout,
    headBatchNorm: !linear && (options.headBatchNorm ?? false),
    headActivation: linear ? "linear" : options.headActivation,
    priorBias: options.priorBias ?? false,
    epochs: options.epochs,
    batchSize: options.batchSize,
    optimizer: options.optimizer,
    learningRate: options.learningRate,
    schedule: options.schedule,
    loss: options.loss,
    clipNorm: options.clipNorm ?? null,
    accumulate: options.accumulate,
    ema: options.ema ?? null,
    augment: options.augment,
    views: options.augment === "none" ? 1 : options.views,
    mixUp: options.mixup,
    labelSmoothing: options.labelSmoothing,
    classWeights: options.classWeights,
    patience: options.patience,
    seed: options.seed,
    engine: options.engine,
    frozenEngine: options.frozenEngine,
  };
}

function isPath(weights: string): boolean {
  return weights !== "none" && weights !== "imagenet" && !/^https?:\/\//i.test(weights);
}

async function splitFor(settings: TrainSettings, dataset: Dataset, { output }: ActionContext): Promise<Split> {
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

/** A finished run for people. */
export function describeResult(result: TrainRunResult, seconds: Readonly<Record<string, number>>, out: string): string {
  const { metrics, fit, peakMemoryMiB } = result;
  const kept = metrics.keptEpoch === null ? "" : `, kept the weights of epoch ${metrics.keptEpoch}`;
  const times = Object.entries(seconds).map(([name, time]) => `${name} ${duration(time)}`);
  return [
    `${metrics.part} split: ${describeSummary(metrics.parts[metrics.part]!)}`,
    "",
    metrics.verdict.text,
    "",
    `${fit.epochs} epochs (${fit.reason})${kept}; ${times.join(", ")}; peak memory ${peakMemoryMiB} MiB`,
    `run: ${out}`,
  ].join("\n");
}
