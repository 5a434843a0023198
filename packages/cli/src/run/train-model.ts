import type { Dataset, FrozenEngine } from "@cassava/contracts";
import { type CassavaClassifier, stagesOf, summary } from "@cassava/models";
import {
  type FeatureSource,
  type FitOptions,
  type FitResult,
  mixUpFeatures,
  observeTraining,
  type Predictions,
} from "@cassava/train";
import type { ActionContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { answersFor } from "./answers.ts";
import { augmentationFlag } from "./augmentation.ts";
import { buildModel } from "./build-model.ts";
import { checkModel } from "./check-model.ts";
import { describeStages } from "./describe-stages.ts";
import { featureSupply } from "./features.ts";
import type { Knowledge } from "./knowledge.ts";
import { preflight } from "./preflight.ts";
import type { TrainSettings } from "./settings.ts";
import type { Stages } from "./stages.ts";
import { trainHead } from "./train-head.ts";
import { type StagedResult, trainStages } from "./train-stages.ts";

/** What a model is trained on and judged by: images by name. */
export interface TrainModelInput {
  readonly dataset: Dataset;
  readonly train: readonly string[];
  readonly validation: readonly string[];
  /** May be empty. */
  readonly test: readonly string[];
  /** Of the training images, by class. */
  readonly trainCounts: readonly number[];
  readonly settings: TrainSettings;
  readonly frozenEngine: FrozenEngine | undefined;
  readonly stages: Stages;
  readonly checkpoints?: FitOptions["checkpoints"];
  /** Folder for TensorBoard's event files. */
  readonly events?: string | undefined;
  /** What is known of the data and the split. */
  readonly known: Knowledge;
  /** Trains in spite of what is found before. */
  readonly force: boolean;
}

/** A trained model, which the caller disposes of. */
export interface TrainedModel {
  readonly model: CassavaClassifier;
  readonly sizes: ReturnType<typeof summary>;
  readonly fitted: FitResult;
  /** The epoch, from 1, whose weights were kept; null where those of the last were. */
  readonly keptEpoch: number | null;
  /** What was seen of the run, for its diagnosis. */
  readonly observations: Knowledge;
  /** What it answers for a part, as the settings say. */
  answers(part: "validation" | "test"): Promise<Predictions>;
}

/** Builds a model and trains it as the settings say: a head, or the head and then stages of the backbone. */
export async function trainModel(input: TrainModelInput, context: ActionContext): Promise<TrainedModel> {
  const { dataset, settings, stages, frozenEngine, trainCounts, checkpoints } = input;
  const { output, signal } = context;
  const model = await stages.time("model", () =>
    buildModel(settings, dataset.classes, trainCounts, context, frozenEngine),
  );
  try {
    const sizes = summary(model);
    output.info(
      `model: ${sizes.backbone}, ${sizes.inputSize} px, ${sizes.parameters.toLocaleString("en")} parameters, ${sizes.trainableParameters.toLocaleString("en")} trained`,
    );
    if (settings.fineTune !== 0) {
      output.info(describeStages(settings, sizes, stagesOf(model.backbone.graph), input.train.length));
    }
    const { batchSize, seed } = settings;
    const policy = augmentationFlag(settings.augment);
    const augment = policy.steps.length > 0 ? { policy, seed, views: settings.views } : undefined;
    const images = (augment ? settings.views : 1) * input.train.length + input.validation.length + input.test.length;
    const seen = await stages.time("features", () => preflight(model, input, context));
    const observer = observeTraining();
    const watched = { known: seen, observer, events: input.events };
    /** For where the cut is now. */
    const supply = () => featureSupply(model, dataset, { images, precision: settings.featurePrecision }, context);
    const sources = async () => {
      const supplied = supply();
      const train = await supplied("train", { ids: input.train, batchSize, shuffle: { seed }, augment });
      const validation = await supplied("validation", { ids: input.validation, batchSize });
      return { train: observer.watch(mixUpFeatures(train, { alpha: settings.mixUp, seed })), validation };
    };
    /** Held-out images as the last stage sees them, where they are there already. */
    let plain: { readonly validation?: FeatureSource; readonly test?: FeatureSource } = {};

    async function trainOnce(): Promise<FitResult> {
      const made = await stages.time("features", sources);
      // The test images now, since one that cannot be read is better found before the training than after it.
      const test = await stages.time("features", () => supply()("test", { ids: input.test, batchSize }));
      plain = { validation: made.validation, test };
      return stages.time("training", () =>
        trainHead(model, { ...made, checkpoints, ...watched }, settings, trainCounts, context),
      );
    }

    function trainInStages(): Promise<StagedResult> {
      const timed = () => stages.time("features", sources);
      return stages.time("training", () =>
        trainStages(model, timed, settings, trainCounts, { checkpoints, context, ...watched }),
      );
    }

    const fitted: FitResult & Partial<StagedResult> = await (settings.fineTune === 0 ? trainOnce() : trainInStages());
    checkFinite(fitted, settings);
    const { batches, weights } = observer;
    const checks = await stages.time("evaluation", () => checkModel(model, dataset, input, signal));
    return {
      model,
      // Once more: stages have moved the cut.
      sizes: summary(model),
      fitted,
      keptEpoch: keptEpoch(fitted, settings),
      observations: {
        ...seen,
        batches: { ...seen.batches, ...batches },
        weights: { ...seen.weights, ...weights },
        checks,
      },
      answers: (part) =>
        answersFor(model, supply(), { label: part, ids: input[part], plain: plain[part] }, settings, signal),
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Refuses a run whose kept weights had no finite loss: the best ones, or without early stopping and stages the last. */
function checkFinite(
  { history, reason, stages }: FitResult & Partial<StagedResult>,
  { patience }: TrainSettings,
): void {
  const losses = history.val_loss ?? [];
  const lastOnly = patience === 0 && stages === undefined;
  if (lastOnly ? Number.isFinite(losses.at(-1)) : losses.some(Number.isFinite)) return;
  throw new CliError("DIVERGED", `the run diverged and left nothing to evaluate (${reason}): lower --learning-rate`);
}

/** The epoch, from 1 and over all stages, whose weights early stopping restored. Null without it. */
function keptEpoch({ history, stages }: FitResult & Partial<StagedResult>, { patience }: TrainSettings): number | null {
  if (patience === 0 && stages === undefined) return null;
  const losses = history.val_loss!.map((loss) => (Number.isFinite(loss) ? loss : Number.POSITIVE_INFINITY));
  return losses.indexOf(Math.min(...losses)) + 1;
}
