import type { Probe } from "../probe.ts";
import { rate } from "../text.ts";

const IMAGES = 200;

/** Where the loss falls fastest, and from which rate on it runs away, beside the rate of the run. */
export const learningRateRange: Probe = {
  id: "learning-rate-range",
  title: "raise the learning rate step by step on a new head, and see where the loss falls and where it runs away",
  tests: ["learning-rate-too-high", "learning-rate-too-low"],
  estimate: async (host) => IMAGES * (await host.secondsPerImage()) + 2,
  async run(host, _input, signal) {
    const { used, suggestion, divergedAt } = await host.learningRates({ signal });
    const evidence = [
      { name: "learning rate of the run", value: used },
      { name: "where the loss falls fastest", value: suggestion ?? "nowhere" },
      { name: "where it runs away", value: divergedAt ?? "nowhere" },
    ];
    const numbers = `The loss falls fastest at ${suggestion === null ? "no rate" : rate(Number(suggestion.toPrecision(2)))}${divergedAt === null ? "" : ` and runs away from ${rate(Number(divergedAt.toPrecision(2)))} on`}; the run used ${rate(used)}`;
    if (suggestion === null) {
      return {
        probe: this.id,
        confirms: [],
        refutes: [
          { cause: "learning-rate-too-high", weight: 0.3 },
          { cause: "learning-rate-too-low", weight: 0.3 },
        ],
        evidence,
        explanation: `${numbers}: no rate helps, so it is not the rate.`,
      };
    }
    // A range test passes through each rate once and so puts the steepest fall at several times what a whole run bears.
    const high = used > 10 * suggestion || (divergedAt !== null && used >= divergedAt / 2);
    const low = used < suggestion / 300;
    return {
      probe: this.id,
      confirms: high
        ? [{ cause: "learning-rate-too-high", weight: 0.9 }]
        : low
          ? [{ cause: "learning-rate-too-low", weight: 0.85 }]
          : [],
      refutes: [
        ...(high ? [] : [{ cause: "learning-rate-too-high", weight: 0.8 } as const]),
        ...(low ? [] : [{ cause: "learning-rate-too-low", weight: 0.8 } as const]),
      ],
      evidence,
      explanation: `${numbers}: ${high ? "far too high" : low ? "far too low" : "within what works"}.`,
    };
  },
};
