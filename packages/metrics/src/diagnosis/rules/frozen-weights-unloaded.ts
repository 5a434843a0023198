import { defineRule } from "../rule.ts";
import { list, plural } from "../text.ts";

/** A frozen part with random weights: nothing will ever train it. */
export const frozenWeightsUnloaded = defineRule({
  id: "frozen-weights-unloaded",
  group: "weights",
  preflight: true,
  source: "own",
  defaults: {},
  evaluate({ setup, weights }) {
    const random = (weights?.weights ?? []).filter(({ trainable, initial }) => !trainable && initial === true);
    const missing = weights?.missing ?? [];
    const known = setup?.weights !== undefined && setup.frozen !== undefined;
    if (!known && weights?.missing === undefined && random.length === 0) {
      return { missing: ["where the weights come from, and whether a part is frozen"] };
    }
    const never = setup?.weights === "none" && setup.frozen === true;
    if (!never && random.length === 0 && missing.length === 0) {
      return { pass: { refutes: [{ cause: "weights-unloaded", weight: 0.8 }] } };
    }
    const names = missing.length > 0 ? missing : random.map(({ name }) => name);
    return {
      finding: {
        severity: "error",
        confidence: 0.98,
        title: "the frozen part of the network has random weights",
        evidence: [{ name: "weights that were not loaded", value: never ? "all" : names.length }],
        explanation: never
          ? "No weights were loaded, and what is frozen is never trained: the head sees the images through random filters."
          : `${plural(names.length, "weight")} of the frozen part were not loaded (${list(names.slice(0, 3))}${names.length > 3 ? ", …" : ""}).`,
        causes: [{ cause: "weights-unloaded", weight: 0.95 }],
        remedy: "Load the weights (--weights imagenet, or a file), or train the whole network (--unfreeze all).",
        falsePositive: "Random features on purpose, as a baseline.",
      },
    };
  },
});
