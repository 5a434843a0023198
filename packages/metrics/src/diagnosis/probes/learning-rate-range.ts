import type { Probe } from "../probe.ts";
import { findingOf } from "../rule.ts";
import { lossDiverging } from "../rules/loss-diverging.ts";
import { rate } from "../text.ts";

const IMAGES = 200;

/** Where the loss falls fastest, and from which rate on it runs away, beside the rate of the run. */
export const learningRateRange: Probe = {
  id: "learning-rate-range",
  title: "raise the learning rate step by step on a new head, and see where the loss falls and where it runs away",
  tests: ["learning-rate-too-high", "learning-rate-too-low"],
  estimate: async (host) => IMAGES * (await host.secondsPerImage()) + 2,
  async run(host, input, signal) {
    const { history = [] } = input;
    const { used: asked, suggestion, divergedAt } = await host.learningRates({ signal });
    // A schedule may never have come to the rate that was asked for: the highest of the epochs counts, where it was logged.
    const logged = history.map((logs) => logs.learning_rate ?? Number.NaN).filter((value) => value > 0);
    const used = logged.length > 0 ? Math.max(...logged) : asked;
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
    // A range test passes through each rate once: the steepest fall is at several times what a whole run bears, and wanders by ten times
    // from test to test. Between what is surely too much and what is surely not, it says nothing.
    const near = divergedAt === null ? Number.POSITIVE_INFINITY : divergedAt / used;
    const above = used / suggestion;
    const high = near <= 2 || (above > 30 && (near <= 10 || divergedAt === null));
    const low = above < 1 / 100;
    // A loss that ran away in the run itself is stronger than any experiment: some step of it was taken at another rate.
    const ranAway = (findingOf(lossDiverging, input)?.severity ?? "info") !== "info";
    return {
      probe: this.id,
      confirms: high
        ? [{ cause: "learning-rate-too-high", weight: near <= 2 ? 0.9 : 0.75 }]
        : low
          ? [{ cause: "learning-rate-too-low", weight: above < 1 / 300 ? 0.85 : 0.6 }]
          : [],
      refutes: [
        ...(above > 3 || near < 10 || ranAway ? [] : [{ cause: "learning-rate-too-high", weight: 0.8 } as const]),
        ...(above < 1 / 10 ? [] : [{ cause: "learning-rate-too-low", weight: 0.8 } as const]),
      ],
      evidence,
      explanation: `${numbers}: ${high ? "far too high" : low ? "far too low" : "within what works"}${ranAway && !high ? ", though the loss of the run itself ran away: look at its schedule" : ""}.`,
    };
  },
};
