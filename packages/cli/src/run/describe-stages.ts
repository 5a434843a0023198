import type { ClassifierSummary } from "@cassava/models";
import { bytes, plural } from "../terminal/format.ts";
import type { TrainSettings } from "./settings.ts";

/** Bytes of a process without activations, and how often it holds those of a step at most, with gradients: as measured on MobileNetV2. */
const [BASE, TIMES] = [400 * 2 ** 20, 3];
/** Pixels below which a smaller input is not worth a word. */
const SMALL = 128;

/**
 * What training stages of the backbone after the head comes to, and what makes it cheaper; said before anything is trained.
 *
 * @param stages names of the backbone's stages, from the pixels up
 * @param images that are trained on
 */
export function describeStages(
  { fineTune, fineTuneEpochs, batchSize }: Pick<TrainSettings, "fineTune" | "fineTuneEpochs" | "batchSize">,
  { backbone, inputSize, layers }: ClassifierSummary,
  stages: readonly string[],
  images: number,
): string {
  const depth = fineTune === "all" ? stages.length : Math.min(fineTune, stages.length);
  const trained = new Set([...stages.slice(-depth), "head"]);
  const values = layers.filter(({ stage }) => trained.has(stage)).reduce((sum, { shape }) => sum + elements(shape), 0);
  const memory = bytes(BASE + TIMES * 4 * batchSize * values);
  const what =
    fineTune === "all"
      ? `all of ${backbone} is trained at ${inputSize} px, at most ${plural(fineTuneEpochs, "epoch")}`
      : `${plural(depth, "stage")} of ${backbone} from the top ${depth === 1 ? "is" : "are"} trained at ${inputSize} px, one more at a time, at most ${plural(fineTuneEpochs, "epoch")} each`;
  const cheaper = [
    ...(inputSize > SMALL ? [`--input-size ${Math.round(inputSize / 64) * 32}`] : []),
    `--batch-size ${Math.max(1, Math.floor(batchSize / 2))}`,
    ...(fineTune === 1 ? [] : ["--fine-tune 1"]),
  ];
  return `after the head ${what} of ${plural(images, "image")}: it takes roughly ${memory} of memory, and most of the time. Cheaper: ${cheaper.join(", ")}; --recipe article trains the head alone`;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
