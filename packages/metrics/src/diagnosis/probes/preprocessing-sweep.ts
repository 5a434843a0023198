import type { LinearProbeScore, PixelTreatment } from "@cassava/contracts";
import { overflown, type Probe, untested } from "../probe.ts";
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
/** D² that another treatment has to be better by, and from which on features carry something. */
const [BETTER, SOMETHING] = [0.08, 0.05];
/** Images that a linear model has to be judged by: of fewer, the scores differ by chance. */
const LEAST = 30;
/** Entropy of their classes, in nats, below which there are too few images of all but one. */
const LEAST_ENTROPY = 0.4;

/** A linear model on the frozen features, with pixels as the run has them and with what people do to pixels by mistake. */
export const preprocessingSweep: Probe = {
  id: "preprocessing-sweep",
  title: `fit a linear model on the features of ${IMAGES} images, with the pixels in ${1 + TREATMENTS.length} ways`,
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
    // What the weights declare is the first suspect: among what is as good as it, others are only better by chance.
    const gain = ([, score]: (typeof others)[number]) => d2(score) - d2(given);
    const best = others.reduce((one, two) => (gain(two) > gain(one) ? two : one));
    const declared = others.find(([pixels]) => pixels === "as declared");
    const chosen = declared !== undefined && gain(declared) > BETTER ? declared : best;
    const [name] = chosen;
    const wrong = gain(chosen) > BETTER;
    const carries = d2(given) > SOMETHING;
    // The linear model is trained and judged on training images. Where their labels fit, and answers for the others have nothing to do
    // with theirs, the latter are those of other images.
    const apart = carries && !wrong && "finding" in misalignedLabels.evaluate(input, misalignedLabels.defaults);
    return {
      probe: this.id,
      confirms: wrong
        ? [{ cause: name === "blue first" ? "channel-order" : "preprocessing", weight: 0.9 }]
        : carries
          ? apart
            ? [{ cause: "labels-misaligned", weight: 0.8 }]
            : []
          : [
              { cause: "labels-misaligned", weight: 0.5 },
              { cause: "label-noise", weight: 0.4 },
              { cause: "weights-unloaded", weight: 0.3 },
              { cause: "weak-features", weight: 0.4 },
            ],
      refutes: [
        ...(wrong
          ? []
          : ([
              { cause: "preprocessing", weight: 0.85 },
              { cause: "channel-order", weight: 0.85 },
            ] as const)),
        ...(carries && !wrong
          ? ([
              { cause: "weights-unloaded", weight: 0.6 },
              { cause: "weak-features", weight: 0.6 },
              { cause: "blank-input", weight: 0.9 },
            ] as const)
          : []),
        ...(carries && !wrong && !apart ? [{ cause: "labels-misaligned", weight: 0.9 } as const] : []),
      ],
      evidence: [["as given", given] as const, ...others].map(([pixels, score]) => ({
        name: `D² of a linear model, pixels ${pixels}`,
        value: d2(score),
      })),
      explanation: `A linear model on the features has a log loss of ${nats(given.logLoss)} nats with the pixels as they are (the shares of the classes: ${nats(given.entropy)}); ${list(others.map(([pixels, score]) => `${pixels}: ${nats(score.logLoss)}`))}. ${wrong ? `With "${name}" it sees more: the pixels are wrong as they are.` : apart ? "The features tell the classes of training images apart, and yet the answers for the others have nothing to do with their labels: look at the labels of the validation part." : carries ? "The pixels are right, and the features tell the classes apart." : "No treatment of the pixels helps: the labels, the weights or the backbone are at fault."}`,
    };
  },
};
