import { overflown, type Probe } from "../probe.ts";
import { nats } from "../text.ts";

const [IMAGES, MORE] = [32, 0.25];

/** The same images in training and in inference mode: batch normalization must not change what they cost. */
export const trainingMode: Probe = {
  id: "training-mode",
  title: `evaluate ${IMAGES} training images in training and in inference mode`,
  tests: ["batch-normalization-mode"],
  estimate: async (host) => 2 * IMAGES * (await host.secondsPerImage()),
  async run(host, _input, signal) {
    const options = { split: "train", images: IMAGES, signal } as const;
    const inference = await host.evaluate(options);
    const training = await host.evaluate({ ...options, mode: "training" });
    if (!Number.isFinite(inference.loss + training.loss)) return overflown(this.id, "the loss of these images");
    const off = inference.loss > (1 + MORE) * training.loss && inference.loss - training.loss > 0.1;
    return {
      probe: this.id,
      confirms: off ? [{ cause: "batch-normalization-mode", weight: 0.9 }] : [],
      refutes: off ? [] : [{ cause: "batch-normalization-mode", weight: 0.85 }],
      evidence: [
        { name: "loss in training mode", value: training.loss, unit: "nats" },
        { name: "loss in inference mode", value: inference.loss, unit: "nats" },
      ],
      explanation: `The same images cost ${nats(training.loss)} nats in training mode and ${nats(inference.loss)} in inference mode: ${off ? "the moving statistics do not fit the weights" : "the modes agree"}.`,
    };
  },
};
