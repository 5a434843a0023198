import type { Dataset } from "@cassava/contracts";
import {
  diagnose,
  distinctImages,
  type Finding,
  type PixelStatistics,
  pixelStatistics,
  RULES,
  type WeightObservations,
} from "@cassava/metrics/diagnosis";
import { type CassavaClassifier, checkContract, untrainedWeights } from "@cassava/models";
import type { ActionContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { fewImages } from "./few-images.ts";
import { type Knowledge, setupOf } from "./knowledge.ts";
import type { TrainSettings } from "./settings.ts";

/** Images that are looked at before anything is computed. */
const FIRST_IMAGES = 16;

/** What is about to be trained. */
export interface PreflightInput {
  readonly dataset: Dataset;
  readonly train: readonly string[];
  readonly settings: TrainSettings;
  /** What is known of the split: class counts of its parts, images that lie on both sides. */
  readonly known: Knowledge;
  /** Goes on in spite of errors. */
  readonly force: boolean;
}

/**
 * Looks at the first images and at everything that can be known before the first step, and refuses what cannot end well; returns
 * what it saw, for the diagnosis of the run.
 *
 * @throws {ModelsError} `CONTRACT_VIOLATED`: the network would not understand the images
 * @throws {CliError} `PREFLIGHT_FAILED`: names every finding; `force` goes on
 */
export async function preflight(
  model: CassavaClassifier,
  { dataset, train, settings, known, force }: PreflightInput,
  { output, signal }: ActionContext,
): Promise<Knowledge> {
  const batch = await fewImages(model, dataset, train.slice(0, FIRST_IMAGES), signal);
  checkContract(model.contract, batch);
  const frozen = settings.unfreeze !== "all" && settings.weights !== "none";
  const untrained = frozen ? untrainedWeights(model.backbone.weights) : { names: [], of: 0 };
  const seen: Knowledge = {
    ...known,
    ...(untrained.of > 0 && { weights: unloaded(untrained) }),
    classes: model.classes.map(({ name }) => name),
    setup: setupOf(settings, model),
    batches: {
      pixels: asUsed(pixelStatistics(batch.images), model.contract.rescale),
      distinct: { images: distinctImages(batch.images, batch.ids.length), of: batch.ids.length },
      inputRange: model.contract.inputRange,
      shape: batch.shape,
    },
  };
  const { findings } = diagnose(seen, { rules: RULES.filter((rule) => rule.preflight === true) });
  const errors = findings.filter(({ severity }) => severity === "error");
  for (const finding of findings) {
    if (finding.severity === "warning" || (force && finding.severity === "error")) output.warn(findingLine(finding));
  }
  if (errors.length === 0 || force) return seen;
  const message = `this run cannot end well: ${errors.map(findingLine).join("; ")} (--force trains it all the same)`;
  throw new CliError("PREFLIGHT_FAILED", message);
}

/** Statistics of the pixels as they are when the backbone's own preprocessing gets them. */
function asUsed({ min, max, mean, std }: PixelStatistics, rescale = 1): PixelStatistics {
  const scaled = (values: readonly number[]) => values.map((value) => value * rescale);
  return { min: min * rescale, max: max * rescale, mean: scaled(mean), std: scaled(std) };
}

/** Weights of the backbone that look as if they had never been loaded; a few of a trained network may look so too. */
function unloaded({ names, of }: ReturnType<typeof untrainedWeights>): WeightObservations {
  return { missing: names.length > of / 2 ? names : [] };
}

/** A finding in one line: what was found, and what to do. */
export function findingLine({ rule, title, remedy }: Finding): string {
  const [first] = remedy.split(/(?<=\.) /);
  return `${rule}: ${title}. ${first}`;
}
