import { median } from "../numbers.ts";
import { overflown, type Probe } from "../probe.ts";
import { nats, percent } from "../text.ts";

const [IMAGES, STEPS, MOST] = [16, 150, 0.05];
/** Steps at either end whose losses are compared. */
const EDGE = 10;

/** Sixteen images can be learned by heart by any head that trains at all. */
export const overfitOneBatch: Probe = {
  id: "overfit-one-batch",
  title: `train a new head on ${IMAGES} images for ${STEPS} steps`,
  tests: ["nothing-trains", "learning-rate-too-high", "learning-rate-too-low", "dead-head", "double-softmax"],
  // A step of a head costs about a millisecond an image beside the features.
  estimate: async (host) => IMAGES * (await host.secondsPerImage()) + STEPS * 0.02,
  async run(host, _input, signal) {
    const { losses, error } = await host.overfit({ images: IMAGES, steps: STEPS, signal });
    const [first, last] = [losses[0] ?? Number.NaN, losses.at(-1) ?? Number.NaN];
    // Before the first step no rate has done anything yet.
    if (!Number.isFinite(first)) return overflown(this.id, "the loss before the first step");
    const evidence = [
      { name: "share of the images that stay wrong", value: error },
      { name: "loss of the first step", value: first, unit: "nats" },
      { name: "loss of the last step", value: last, unit: "nats" },
    ];
    const numbers = `After ${losses.length} steps on ${IMAGES} images ${percent(error, 0)} of them are wrong; the loss went from ${nats(first)} to ${nats(last)} nats`;
    if (error <= MOST) {
      return {
        probe: this.id,
        confirms: [],
        refutes: [
          { cause: "nothing-trains", weight: 0.95 },
          { cause: "dead-head", weight: 0.4 },
          { cause: "learning-rate-too-low", weight: 0.3 },
          { cause: "double-softmax", weight: 0.2 },
        ],
        evidence,
        explanation: `${numbers}: the head learns.`,
      };
    }
    const jumped = !Number.isFinite(last) || Math.max(...losses) > 2 * Math.max(first, 1);
    // Dropout makes the loss of a step wander, also where no weight changes.
    const [begun, ended] = [median(losses.slice(0, EDGE)), median(losses.slice(-EDGE))];
    const steps = losses.slice(1).map((loss, i) => Math.abs(loss - losses[i]!));
    const still = Math.abs(begun - ended) < Math.max(0.05 * begun, 2 * median(steps));
    return {
      probe: this.id,
      confirms: jumped
        ? [{ cause: "learning-rate-too-high", weight: 0.8 }]
        : still
          ? [
              { cause: "learning-rate-too-low", weight: 0.6 },
              { cause: "nothing-trains", weight: 0.5 },
              { cause: "dead-head", weight: 0.3 },
            ]
          : [
              { cause: "learning-rate-too-low", weight: 0.4 },
              { cause: "dead-head", weight: 0.4 },
              { cause: "blank-input", weight: 0.3 },
              { cause: "preprocessing", weight: 0.3 },
              { cause: "learning-rate-too-high", weight: 0.3 },
            ],
      refutes: still ? [] : [{ cause: "nothing-trains", weight: 0.9 }],
      evidence,
      explanation: `${numbers}: it cannot learn even these by heart.`,
    };
  },
};
