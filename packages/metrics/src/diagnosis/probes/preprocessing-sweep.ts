import type { LinearProbeScore, PixelTreatment } from "@cassava/contracts";
import type { CauseVote } from "../cause.ts";
import { overflown, type Probe, untested } from "../probe.ts";
import { findingOf } from "../rule.ts";
import { misalignedLabels } from "../rules/misaligned-labels.ts";
import { list, nats } from "../text.ts";

const IMAGES = 240;
const TREATMENTS: readonly PixelTreatment[] = [
  "as declared",
  "0 to 1",
  "-1 to 1",
  "mean and deviation of ImageNet",
  "blue first",
];
/** D² of the log loss: what a linear model on the features gets out of the images, 0 for nothing. */
const d2 = ({ logLoss, entropy }: LinearProbeScore) => 1 - logLoss / entropy;
/** D² from which on features carry something. */
const SOMETHING = 0.05;
/** D² that what the weights declare has to be better by, judged by so many images; by fewer, chance has a wider part in it. */
const [BETTER, JUDGED] = [0.08, 96];
/** Images that a linear model has to be judged by: of fewer, the scores differ by chance. */
const LEAST = 30;
/** Entropy of their classes, in nats, below which there are too few images of all but one. */
const LEAST_ENTROPY = 0.4;

/** What the scores come to, and what that speaks for and against. */
interface Reading {
  readonly confirms: readonly CauseVote[];
  readonly refutes: readonly CauseVote[];
  readonly words: string;
}

const PIXELS_RIGHT: readonly CauseVote[] = [
  { cause: "preprocessing", weight: 0.85 },
  { cause: "channel-order", weight: 0.85 },
];
const FEATURES_RIGHT: readonly CauseVote[] = [
  { cause: "weights-unloaded", weight: 0.6 },
  { cause: "weak-features", weight: 0.6 },
  { cause: "blank-input", weight: 0.9 },
];

const USELESS: Reading = {
  confirms: [
    { cause: "labels-misaligned", weight: 0.5 },
    { cause: "label-noise", weight: 0.4 },
    { cause: "weights-unloaded", weight: 0.3 },
    { cause: "weak-features", weight: 0.4 },
  ],
  refutes: PIXELS_RIGHT,
  words: "No treatment of the pixels helps: the labels, the weights or the backbone are at fault.",
};
const RIGHT: Reading = {
  confirms: [],
  refutes: [...PIXELS_RIGHT, ...FEATURES_RIGHT, { cause: "labels-misaligned", weight: 0.9 }],
  words: "The pixels are right, and the features tell the classes apart.",
};
/** The linear model is trained and judged on training images: it says nothing of the labels of the others. */
const APART: Reading = {
  confirms: [{ cause: "labels-misaligned", weight: 0.8 }],
  refutes: [...PIXELS_RIGHT, ...FEATURES_RIGHT],
  words:
    "The features tell the classes of training images apart, and yet the answers for the others have nothing to do with their labels: look at the labels of the validation part.",
};
const wrong = (better: PixelTreatment): Reading => ({
  confirms: [{ cause: better === "blue first" ? "channel-order" : "preprocessing", weight: 0.9 }],
  refutes: [],
  words: `With "${better}" it sees more: the pixels are wrong as they are.`,
});

/** The treatment that is better than the run's own beyond chance. What the weights declare is the first suspect; the best of the others has to be better by twice as much. */
function betterOf(
  given: LinearProbeScore,
  others: readonly (readonly [PixelTreatment, LinearProbeScore])[],
): PixelTreatment | undefined {
  const least = BETTER * Math.sqrt(Math.max(1, JUDGED / given.images));
  const gains = others.map(([pixels, score]) => ({ pixels, gain: d2(score) - d2(given) }));
  const declared = gains.find(({ pixels }) => pixels === "as declared");
  if (declared !== undefined && declared.gain > least) return declared.pixels;
  const best = gains.reduce((one, two) => (two.gain > one.gain ? two : one));
  return best.gain > 2 * least ? best.pixels : undefined;
}

/** A linear model on the frozen features, with pixels as the run has them and with what people do to pixels by mistake. */
export const preprocessingSweep: Probe = {
  id: "preprocessing-sweep",
  title: `fit a linear model on the features of at most ${IMAGES} images, with the pixels in ${1 + TREATMENTS.length} ways`,
  tests: ["preprocessing", "channel-order", "labels-misaligned", "label-noise", "weak-features", "weights-unloaded"],
  estimate: async (host) => (1 + TREATMENTS.length) * IMAGES * (await host.secondsPerImage()),
  async run(host, input, signal) {
    const given = await host.linearProbe({ images: IMAGES, signal });
    const others: (readonly [PixelTreatment, LinearProbeScore])[] = [];
    for (const pixels of TREATMENTS) {
      const score = await host.linearProbe({ images: IMAGES, pixels, signal });
      if (score !== undefined) others.push([pixels, score]);
    }
    if (given === undefined || others.length === 0) return untested(this.id, "a linear model on the features");
    if (given.entropy < LEAST_ENTROPY) return untested(this.id, "variety in the classes of the images");
    if (given.images < LEAST) return untested(this.id, `part of ${LEAST} images to judge a linear model by`);
    if (!Number.isFinite(given.logLoss)) return overflown(this.id, "the loss of a linear model on the features");
    const better = betterOf(given, others);
    const { confirms, refutes, words } =
      better !== undefined
        ? wrong(better)
        : d2(given) <= SOMETHING
          ? USELESS
          : findingOf(misalignedLabels, input) === undefined
            ? RIGHT
            : APART;
    return {
      probe: this.id,
      confirms,
      refutes,
      evidence: [["as given", given] as const, ...others].map(([pixels, score]) => ({
        name: `D² of a linear model, pixels ${pixels}`,
        value: d2(score),
      })),
      explanation: `A linear model on the features has a log loss of ${nats(given.logLoss)} nats with the pixels as they are (the shares of the classes: ${nats(given.entropy)}); ${list(others.map(([pixels, score]) => `${pixels}: ${nats(score.logLoss)}`))}. ${words}`,
    };
  },
};
