import { overflown, type Probe, untested } from "../probe.ts";
import { nats } from "../text.ts";

const [IMAGES, LEAST, BETTER] = [240, 30, 0.03];

/** Whether the loaded weights are worth more than none. */
export const pretrainedAgainstRandom: Probe = {
  id: "pretrained-against-random",
  title: `fit a linear model on the features of at most ${IMAGES} images, from the loaded weights and from random ones`,
  tests: ["weights-unloaded"],
  estimate: async (host) => 2 * IMAGES * (await host.secondsPerImage()),
  async run(host, _input, signal) {
    const loaded = await host.linearProbe({ images: IMAGES, signal });
    const random = await host.linearProbe({ images: IMAGES, weights: "random", signal });
    if (loaded === undefined || random === undefined) return untested(this.id, "features of random weights");
    if (loaded.images < LEAST) return untested(this.id, `part of ${LEAST} images to judge a linear model by`);
    if (!Number.isFinite(loaded.logLoss)) return overflown(this.id, "the loss of a linear model on the features");
    const gain = (random.logLoss - loaded.logLoss) / loaded.entropy;
    const worthless = gain < BETTER;
    return {
      probe: this.id,
      // Where nothing can be learned at all, as with labels of other images, both are worthless.
      confirms: worthless && random.logLoss < 0.97 * random.entropy ? [{ cause: "weights-unloaded", weight: 0.7 }] : [],
      refutes: worthless ? [] : [{ cause: "weights-unloaded", weight: 0.9 }],
      evidence: [
        { name: "log loss of a linear model on the loaded weights", value: loaded.logLoss, unit: "nats" },
        { name: "log loss of a linear model on random weights", value: random.logLoss, unit: "nats" },
      ],
      explanation: `On features of the loaded weights a linear model has ${nats(loaded.logLoss)} nats, on those of random weights ${nats(random.logLoss)}: the weights are worth ${worthless ? "nothing" : "something"}.`,
    };
  },
};
