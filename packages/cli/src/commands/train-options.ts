import { resolve } from "node:path";
import { backboneSpec } from "@cassava/models";
import { type Command, Option } from "commander";
import { CliError } from "../errors.ts";
import {
  backboneOption,
  type CommonOptions,
  choice,
  engineOption,
  fromZero,
  positive,
  share,
  whole,
  widths,
} from "../options.ts";
import { AUGMENT, augmentationText } from "../run/augmentation.ts";
import { FROZEN_ENGINE, FROZEN_ENGINES } from "../run/frozen-engine.ts";
import { describeRecipe, RECIPES, type RecipeName } from "../run/recipes.ts";
import { isWeightsPath, type TrainSettings } from "../run/settings.ts";

/** What {@link addTrainOptions} gives, by commander's names. */
export interface TrainOptions extends CommonOptions {
  readonly backbone: string;
  readonly weights: string;
  readonly inputSize?: number;
  readonly alpha: number;
  readonly pooling: TrainSettings["pooling"];
  readonly preprocessing: TrainSettings["preprocessing"];
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
  readonly plateau: number;
  readonly clipNorm?: number;
  readonly accumulate: number;
  readonly ema?: number;
  readonly augment: string;
  readonly views: number;
  readonly featurePrecision: TrainSettings["featurePrecision"];
  readonly mixup: number;
  readonly labelSmoothing: number;
  readonly classWeights: TrainSettings["classWeights"];
  readonly patience: number;
  readonly fineTune: TrainSettings["fineTune"];
  readonly fineTuneEpochs: number;
  readonly fineTuneRate: number;
  readonly fineTuneOptimizer: "same" | TrainSettings["optimizer"];
  readonly tta: number;
  readonly recipe?: RecipeName;
  readonly force?: true;
  readonly seed: number;
  readonly engine: string;
  readonly frozenEngine: TrainSettings["frozenEngine"];
}

const OPTIMIZERS: readonly TrainSettings["optimizer"][] = ["adam", "adamW", "rmsprop", "sgd"];

/**
 * Adds the options that describe a model and its training. A recipe sets those that the command line does not; what it sets is shown
 * before the command runs.
 */
export function addTrainOptions(command: Command, say: (line: string) => void): Command {
  command
    .addOption(new Option("--recipe <name>", describeRecipes()).choices(Object.keys(RECIPES)))
    .addOption(backboneOption().makeOptionMandatory())
    .requiredOption("--weights <source>", WEIGHTS);
  return addFitOptions(command).hook("preAction", (_, action) => {
    const name = action.getOptionValue("recipe") as RecipeName | undefined;
    if (name === undefined) return;
    for (const [key, value] of Object.entries(recipeOptions(action, name)))
      action.setOptionValueWithSource(key, value, "recipe");
    if (action.optsWithGlobals<CommonOptions>().quiet !== true) say(describeRecipe(name, action.opts()));
  });
}

/** What a recipe sets of what neither the command line nor a configuration does. */
export function recipeOptions(command: Command, name: RecipeName): Readonly<Record<string, unknown>> {
  const isFree = (key: string) => ["default", undefined].includes(command.getOptionValueSource(key));
  return Object.fromEntries(Object.entries(RECIPES[name].options).filter(([key]) => isFree(key)));
}

/** `--weights`, for `--help`. */
export const WEIGHTS =
  "imagenet: the official ones, downloaded once into the cache; or a path or an address of a Keras .h5 file without top (may be gzipped) or of tfjs's model.json; none: from scratch";

/** Adds the options of a training whose backbone, weights and recipe are given elsewhere. */
export function addFitOptions(command: Command): Command {
  return command
    .option("--input-size <px>", "height and width of the images (default: the backbone's)", whole(1, 1024))
    .option(
      "--alpha <multiplier>",
      "width of a backbone that has several: .25, .5, .75 or 1 of mobilenet, .25, .5 or 1 of resnet50",
      positive,
      1,
    )
    .addOption(choice("--pooling <name>", "how features become one vector", ["avg", "max", "none"], "avg"))
    .addOption(
      choice(
        "--preprocessing <name>",
        "own: what the weights ask for; unit: pixels divided by 255 before it, the mistake that freezes a run, to be seen with --force",
        ["own", "unit"],
        "own",
      ),
    )
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
    .addOption(choice("--optimizer <name>", "how weights move", OPTIMIZERS, "adam"))
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
    .option(
      "--plateau <epochs>",
      "a tenth of the rate after so many epochs without a better validation loss; 0: never",
      whole(0),
      0,
    )
    .option("--clip-norm <norm>", "largest norm of all gradients together", positive)
    .option("--accumulate <steps>", "average the gradients of so many steps before the weights change", whole(1), 1)
    .option("--ema <decay>", "evaluate and keep an average of the weights, such as 0.99", share)
    .option("--augment <steps>", AUGMENT, augmentationText, "none")
    .option("--views <n>", "with --augment: kinds of each image whose features are kept", whole(1, 64), 4)
    .addOption(
      choice(
        "--feature-precision <name>",
        "how features of the frozen part are kept; float16: half of the memory, rounded to 11 bits",
        ["float32", "float16"],
        "float32",
      ),
    )
    .option("--mixup <alpha>", "mix training images and their labels, such as 0.2; 0: never", fromZero, 0)
    .option("--label-smoothing <share>", "share of the target given to all classes", share, 0)
    .addOption(
      choice("--class-weights <name>", "balanced: rare classes count more in the loss", ["none", "balanced"], "none"),
    )
    .option("--patience <epochs>", "stop after so many epochs without a better validation loss; 0: never", whole(0), 5)
    .option(
      "--fine-tune <stages>",
      "after the head, train so many stages of the backbone too, from the top, one more at a time; all: all of them at once",
      stages,
      0,
    )
    .option("--fine-tune-epochs <n>", "of each of these stages, at most", whole(1), 10)
    .option(
      "--fine-tune-rate <rate>",
      "the highest rate of the first of them; the others fall to .3 of the one before",
      positive,
      1e-5,
    )
    .addOption(
      choice(
        "--fine-tune-optimizer <name>",
        "of these stages; same: that of the head",
        ["same", ...OPTIMIZERS],
        "same",
      ),
    )
    .option("--tta <views>", "judge by the mean of the plain image and so many of its --augment views", whole(0, 64), 0)
    .option("--force", "train in spite of what is found wrong before the first step")
    .option("--seed <n>", "of split, order, initial weights and dropout", whole(0), 42)
    .addOption(engineOption())
    .addOption(
      choice("--frozen-engine <name>", `${FROZEN_ENGINE}; auto: onnx where it is installed`, FROZEN_ENGINES, "auto"),
    );
}

/** The recipes, for `--help`. */
export function describeRecipes(): string {
  return `settings with a name; other options win over it. ${Object.entries(RECIPES)
    .map(([name, { about }]) => `${name}: ${about}`)
    .join("; ")}`;
}

/** `all`, or how many. */
function stages(text: string): TrainSettings["fineTune"] {
  return text === "all" ? text : whole(0, 64)(text);
}

/** The settings that options describe; paths are taken from `cwd` on. Throws CliError `OPTION_INVALID`. */
export function settingsOf(
  options: TrainOptions,
  paths: readonly string[],
  cwd: string,
): Omit<TrainSettings, "split" | "ratios"> {
  const fromScratch = options.weights === "none";
  const linear = options.head.length === 0;
  const staged = options.fineTune !== 0;
  if (staged && (fromScratch || options.unfreeze !== undefined)) {
    const message = "--fine-tune begins with a frozen backbone: leave out --unfreeze, and give it --weights";
    throw new CliError("OPTION_INVALID", message);
  }
  if (options.tta > 0 && options.augment === "none") {
    throw new CliError("OPTION_INVALID", "--tta takes views of the images: say with --augment which");
  }
  return {
    dataset: paths.map((path) => resolve(cwd, path)),
    backbone: backboneSpec(options.backbone).name,
    weights: isWeightsPath(options.weights) ? resolve(cwd, options.weights) : options.weights,
    inputSize: options.inputSize ?? null,
    alpha: options.alpha,
    pooling: options.pooling,
    preprocessing: options.preprocessing,
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
    plateau: options.plateau,
    clipNorm: options.clipNorm ?? null,
    accumulate: options.accumulate,
    ema: options.ema ?? null,
    augment: options.augment,
    views: options.augment === "none" ? 1 : options.views,
    featurePrecision: options.featurePrecision,
    mixUp: options.mixup,
    labelSmoothing: options.labelSmoothing,
    classWeights: options.classWeights,
    patience: options.patience,
    fineTune: options.fineTune,
    fineTuneEpochs: staged ? options.fineTuneEpochs : 0,
    fineTuneRate: staged ? options.fineTuneRate : 0,
    fineTuneOptimizer: options.fineTuneOptimizer === "same" ? options.optimizer : options.fineTuneOptimizer,
    testViews: options.tta,
    recipe: options.recipe ?? null,
    seed: options.seed,
    engine: options.engine,
    frozenEngine: options.frozenEngine,
  };
}
