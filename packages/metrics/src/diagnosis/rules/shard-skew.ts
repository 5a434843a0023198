import { chiSquare, chiSquareZ } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { plural } from "../text.ts";

/** Shards whose classes differ by more than chance. */
export const shardSkew = defineRule({
  id: "shard-skew",
  group: "data",
  preflight: true,
  source: "own",
  defaults: {
    cramersV: 0.15,
    z: 3.1,
  },
  evaluate({ data, setup }, { cramersV: least, z: sure }) {
    const shards = data?.shards;
    if (shards === undefined || shards.length < 2) return { missing: ["class counts of two shards"] };
    const { statistic, freedom, cramersV } = chiSquare(shards);
    if (cramersV <= least || chiSquareZ(statistic, freedom) < sure) {
      return { pass: { refutes: [{ cause: "shard-skew", weight: 0.8 }] } };
    }
    return {
      finding: {
        severity: setup?.shuffled === true ? "info" : "warning",
        confidence: 0.9,
        title: "the shards differ in their classes",
        evidence: [{ name: "Cramér's V of shard and class", value: cramersV }],
        explanation: `Over ${plural(shards.length, "shard")} Cramér's V is ${cramersV.toFixed(2)}. Whoever splits by shard, or reads them one after the other through a small shuffle buffer, gets batches of one class.`,
        causes: [
          { cause: "shard-skew", weight: 0.6 },
          { cause: "not-shuffled", weight: setup?.shuffled === true ? 0.05 : 0.4 },
        ],
        remedy: "Shuffle by image (as cassava does), or write the shards anew: cassava convert.",
        falsePositive: "Harmless where images are shuffled one by one.",
      },
    };
  },
});
