import { overflown, type Probe } from "../probe.ts";
import { findingOf } from "../rule.ts";
import { constantOutput } from "../rules/constant-output.ts";
import { nats } from "../text.ts";

const [IMAGES, NEAR] = [64, 0.02];

/** Whether the answers depend on the images at all. */
export const zeroedInput: Probe = {
  id: "zeroed-input",
  title: `give the model ${IMAGES} black images`,
  tests: ["blank-input", "dead-head"],
  estimate: async (host) => 2 * IMAGES * (await host.secondsPerImage()),
  async run(host, input, signal) {
    const options = { split: "validation", images: IMAGES, signal } as const;
    const real = await host.evaluate(options);
    const zeroed = await host.evaluate({ ...options, zeroed: true });
    if (!Number.isFinite(real.loss + zeroed.loss)) return overflown(this.id, "the loss of these images");
    const same = Math.abs(zeroed.loss - real.loss) <= NEAR * Math.abs(real.loss);
    // Where all photographs get one answer, black images may well get another: the photographs may be copies of one.
    const alike = findingOf(constantOutput, input) !== undefined;
    return {
      probe: this.id,
      confirms: same
        ? [
            { cause: "dead-head", weight: 0.4 },
            { cause: "blank-input", weight: 0.4 },
            { cause: "preprocessing", weight: 0.3 },
          ]
        : [],
      refutes: same
        ? []
        : [...(alike ? [] : [{ cause: "blank-input", weight: 0.8 } as const]), { cause: "dead-head", weight: 0.7 }],
      evidence: [
        { name: "loss", value: real.loss, unit: "nats" },
        { name: "loss of black images", value: zeroed.loss, unit: "nats" },
      ],
      explanation: `Black images have a loss of ${nats(zeroed.loss)} nats, photographs ${nats(real.loss)}: the answers ${same ? "hardly depend" : "do depend"} on what is in them${alike && !same ? ", though all photographs get the same one" : ""}.`,
    };
  },
};
