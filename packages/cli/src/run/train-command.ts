import { shellWord } from "../terminal/shell.ts";
import { isWeightsPath, type RunConfig, type TrainSettings } from "./settings.ts";

/** Settings whose flag is their name with hyphens, and takes their value as it is. */
const PLAIN = [
  "backbone",
  "weights",
  "alpha",
  "pooling",
  "preprocessing",
  "unfreeze",
  "dropout",
  "headActivation",
  "epochs",
  "batchSize",
  "optimizer",
  "learningRate",
  "schedule",
  "loss",
  "plateau",
  "clipNorm",
  "accumulate",
  "ema",
  "augment",
  "featurePrecision",
  "labelSmoothing",
  "classWeights",
  "patience",
  "seed",
] as const satisfies readonly (keyof TrainSettings)[];

/** A flag with its value; true: it takes none. */
export type Flag = readonly [flag: string, value: string | number | true];

/**
 * The options that repeat a run: every setting that has an effect, with the engines that were taken.
 *
 * @param nameOf how paths are written
 */
export function trainFlagsOf(
  { settings, inputSize, engine, frozenEngine, forced }: RunConfig,
  nameOf: (path: string) => string = (path) => path,
): Flag[] {
  const flags: (readonly [flag: string, value: string | number | null | true])[] = PLAIN.map((key) => {
    const value = key === "weights" && isWeightsPath(settings.weights) ? nameOf(settings.weights) : settings[key];
    return [flagOf(key), value];
  });
  flags.push(["--input-size", inputSize], ["--head", settings.head.join(",") || "none"]);
  if (settings.headBatchNorm) flags.push(["--head-batch-norm", true]);
  if (settings.priorBias) flags.push(["--prior-bias", true]);
  if (settings.augment !== "none") flags.push(["--views", settings.views], ["--tta", settings.testViews]);
  if (settings.mixUp > 0) flags.push(["--mixup", settings.mixUp]);
  if (settings.fineTune !== 0) {
    flags.push(["--fine-tune", settings.fineTune], ["--fine-tune-epochs", settings.fineTuneEpochs]);
    flags.push(["--fine-tune-rate", settings.fineTuneRate], ["--fine-tune-optimizer", settings.fineTuneOptimizer]);
  }
  if (settings.split === null)
    flags.push(["--ratios", settings.ratios.map((share) => Math.round(1000 * share) / 10).join("/")]);
  else flags.push(["--split", nameOf(settings.split)]);
  flags.push(["--engine", engine.name], ["--frozen-engine", frozenEngine]);
  if (forced) flags.push(["--force", true]);
  return flags.flatMap(([flag, value]) => (value === null ? [] : [[flag, value] as const]));
}

/**
 * The `cassava train` line that repeats a run.
 *
 * @param nameOf how paths are written
 * @param out the folder that it writes to: one of its own where several lines stand together
 */
export function trainCommandOf(
  config: RunConfig,
  nameOf: (path: string) => string = (path) => path,
  out = "run",
): string {
  const words = trainFlagsOf(config, nameOf).flatMap(([flag, value]) =>
    value === true ? [flag] : [flag, shellWord(String(value))],
  );
  return [
    "cassava train",
    ...config.settings.dataset.map((path) => shellWord(nameOf(path))),
    ...words,
    `--out ${shellWord(out)}`,
  ].join(" ");
}

/** `batchSize` as `--batch-size`. */
function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
