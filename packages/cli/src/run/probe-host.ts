import type { Batch, Dataset, FrozenEngine, FrozenPart, PixelTreatment, ProbeHost } from "@cassava/contracts";
import { imageBatches, random, type Split, shuffled } from "@cassava/data";
import { defaultDecoder } from "@cassava/data/node";
import { type CassavaClassifier, preprocessingSteps } from "@cassava/models";
import {
  constantSchedule,
  extractFeatures,
  type FeatureSet,
  featureBatches,
  findLearningRate,
  fit,
  linearProbe,
  predict,
} from "@cassava/train";
import type { ActionContext } from "../context.ts";
import { buildModel } from "./build-model.ts";
import { loadRunModel } from "./load-run.ts";
import { lossOf } from "./loss-of.ts";
import type { RunConfig, TrainSettings } from "./settings.ts";
import { commonOptions, optimizerOf } from "./train-head.ts";

/** What a host works on. */
export interface ProbeHostInput {
  readonly run: string;
  readonly config: RunConfig;
  readonly split: Split;
  readonly dataset: Dataset;
  readonly frozenEngine: FrozenEngine | undefined;
}

/** Images that the time of one is measured on. */
const TIMED = 8;
const BATCH = 16;

/** Experiments on a finished run: its trained model, and new heads on the same backbone. The caller disposes of it. */
export async function probeHost(
  input: ProbeHostInput,
  context: ActionContext,
): Promise<ProbeHost & { dispose(): void }> {
  const { run, config, split, dataset, frozenEngine } = input;
  const { settings } = config;
  const trained = await loadRunModel(run, frozenEngine);
  // Whole backbones below a new head: what the run has trained of them is not what an experiment is about.
  const whole = (changes: Partial<TrainSettings> = {}) =>
    buildModel(
      { ...settings, unfreeze: null, fineTune: 0, priorBias: false, ...changes },
      dataset.classes,
      split.counts.train,
      context,
      frozenEngine,
    );
  let fresh: Promise<CassavaClassifier> | undefined;
  const freshModel = () => {
    fresh ??= whole();
    return fresh;
  };
  const sets = new Map<string, FeatureSet>();
  const some = (part: "train" | "validation", images: number) =>
    shuffled(split[part], random(settings.seed, "probe", part)).slice(0, images);

  async function featuresOf(
    name: string,
    frozen: FrozenPart,
    ids: readonly string[],
    change: (batch: Batch) => Batch = (batch) => batch,
    signal = context.signal,
  ): Promise<FeatureSet> {
    const known = sets.get(name);
    if (known !== undefined) return known;
    const options = { ids, size: frozen.inputSize, batchSize: BATCH, decode: defaultDecoder() };
    const changed: FrozenPart = { ...frozen, run: (batch) => frozen.run(change(batch)) };
    const set = await extractFeatures(changed, imageBatches(dataset, options), { signal });
    sets.set(name, set);
    return set;
  }

  return {
    async secondsPerImage() {
      const model = await freshModel();
      const ids = some("train", TIMED);
      const started = performance.now();
      await featuresOf(`timed ${sets.size}`, model.frozen, ids);
      return (performance.now() - started) / 1000 / ids.length;
    },
    async overfit({ images, steps, signal }) {
      const model = await whole();
      try {
        const set = await featuresOf(`overfit ${images}`, model.frozen, some("train", images), undefined, signal);
        const train = featureBatches(set, { batchSize: images });
        const losses: number[] = [];
        const rate = settings.learningRate;
        const options = { ...commonOptions(settings, split.counts.train, signal ?? context.signal), ema: undefined };
        const training = fit(model, {
          ...options,
          accumulate: 1,
          train,
          epochs: steps,
          optimizer: optimizerOf(settings.optimizer, rate),
          schedule: constantSchedule(rate),
        });
        for await (const event of training) if (event.type === "batch") losses.push(event.loss);
        await training.result;
        const { labels, predicted } = await predict(model, train, signal);
        const wrong = predicted.filter((answer, i) => answer !== labels![i]).length;
        return { losses, error: wrong / predicted.length };
      } finally {
        model.dispose();
      }
    },
    async learningRates({ signal }) {
      const model = await whole();
      try {
        const set = await featuresOf("rates", model.frozen, some("train", 200), undefined, signal);
        const { seed, learningRate, batchSize } = settings;
        const train = featureBatches(set, { batchSize: Math.min(batchSize, set.ids.length), shuffle: { seed } });
        const optimizer = optimizerOf(settings.optimizer, learningRate);
        const found = await findLearningRate(model, { train, optimizer, seed, signal });
        return { used: learningRate, suggestion: found.suggestion, divergedAt: found.divergedAt };
      } finally {
        model.dispose();
      }
    },
    async evaluate({ split: part, images, zeroed = false, mode = "inference", signal }) {
      const blank = (batch: Batch): Batch => ({ ...batch, images: new Uint8Array(batch.images.length) });
      const name = `${part} ${images} ${zeroed}`;
      const set = await featuresOf(name, trained.frozen, some(part, images), zeroed ? blank : undefined, signal);
      return lossOf(trained, set, mode);
    },
    async linearProbe({ images, pixels = "as given", weights = "loaded", signal }) {
      const own = settings.preprocessing === "own";
      if (pixels === "as declared" && own) return undefined;
      const ids = some("train", images);
      const shared = weights === "loaded" && (own || pixels === "as given");
      const changes = {
        ...(pixels !== "as given" && { preprocessing: "own" as const }),
        ...(weights === "random" && { weights: "none" }),
      };
      const model = shared ? await freshModel() : await whole(changes);
      try {
        const treated = treatment(model, pixels);
        if (treated === undefined || ids.length < 20) return undefined;
        const set = await featuresOf(`linear ${images} ${pixels} ${weights}`, model.frozen, ids, treated, signal);
        return linearProbe(set);
      } finally {
        if (!shared) model.dispose();
      }
    },
    dispose() {
      trained.dispose();
      void fresh?.then((model) => model.dispose());
    },
  };
}

const IMAGENET_MEAN = [0.485, 0.456, 0.406];
const IMAGENET_DEVIATION = [0.229, 0.224, 0.225];

/**
 * Changes the pixels so that the first layer of `model`, which preprocesses them as its weights declare, is given what `pixels` says;
 * undefined where no pixel from 0 to 255 gives it, or where it is what the weights declare.
 */
function treatment({ contract }: CassavaClassifier, pixels: PixelTreatment): ((batch: Batch) => Batch) | undefined {
  if (pixels === "as given" || pixels === "as declared") return (batch) => batch;
  const { reversed, mean, scale } = preprocessingSteps(contract);
  const swaps = pixels === "blue first";
  /** What the first layer is to be given in place of a value of a channel of RGB. */
  const wanted = (value: number, c: number): number => {
    if (pixels === "0 to 1") return value / 255;
    if (pixels === "-1 to 1") return value / 127.5 - 1;
    return (value / 255 - IMAGENET_MEAN[c]!) / IMAGENET_DEVIATION[c]!;
  };
  /** The pixel that the preprocessing turns into that. */
  const input = (value: number, c: number) => {
    const at = reversed ? 2 - c : c;
    return swaps ? value : wanted(value, c) / scale[at]! + mean[at]!;
  };
  const ends = [0, 1, 2].flatMap((c) => [0, 255].map((value) => [value, input(value, c)] as const));
  if (!swaps && ends.every(([value, pixel]) => Math.abs(value - pixel) < 0.5)) return undefined;
  if (ends.some(([, pixel]) => pixel < 0 || pixel > 255)) return undefined;
  return (batch) => {
    const changed = new Float32Array(batch.images.length);
    for (let i = 0; i < changed.length; i++) {
      const channel = i % 3;
      changed[i] = swaps ? batch.images[i - channel + 2 - channel]! : input(batch.images[i]!, channel);
    }
    return { ...batch, images: changed };
  };
}
