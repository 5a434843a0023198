// The host of the diagnosis's experiments in its bench: what `cassava diagnose RUN --probe` asks of a run folder.
import { random, shuffled } from "@cassava/data";
import { featureBatches, findLearningRate, fit, linearProbe, predict } from "@cassava/train";
import { buildModel, optimizerOf, rowsOf } from "./diagnosis-plan.mjs";

/**
 * @typedef {import("./diagnosis-faults.mjs").Plan} Plan
 * @typedef {import("./diagnosis-worlds.mjs").World} World
 */

/**
 * Experiments in the world of the fault: "as given" is what the run had.
 * @param {World} world @param {Plan} plan
 * @param {import("./diagnosis-worlds.mjs").Model} model
 * @param {(variant: import("./diagnosis-worlds.mjs").Variant, ids: readonly string[]) => Promise<number>} lossOn
 * @param {readonly string[]} trained @param {readonly string[]} some
 * @returns {import("@cassava/contracts").ProbeHost & { dispose(): void }}
 */
export const probeHost = (world, plan, model, lossOn, trained, some) => {
  const given = async (/** @type {number} */ images) => {
    const ids = shuffled(plan.train, random(plan.seed, "probe")).slice(0, images);
    const set = rowsOf(await world.features(plan.variant), ids, plan, world);
    if (plan.nonFinite) set.features[0] = Number.NaN;
    return set;
  };
  return {
    secondsPerImage: async () => 0.01,
    async overfit({ images, steps }) {
      const fresh = await buildModel(world, plan);
      const train = featureBatches(await given(images), { batchSize: images });
      const run = fit(fresh, { train, epochs: steps, optimizer: optimizerOf(plan), loss: plan.loss, seed: plan.seed });
      /** @type {number[]} */
      const losses = [];
      for await (const event of run) if (event.type === "batch") losses.push(event.loss);
      await run.result;
      const { labels, predicted } = await predict(fresh, train);
      fresh.dispose();
      return { losses, error: predicted.filter((answer, i) => answer !== labels?.[i]).length / predicted.length };
    },
    async learningRates() {
      const fresh = await buildModel(world, plan);
      const train = featureBatches(await given(200), { batchSize: 32, shuffle: { seed: plan.seed } });
      const found = await findLearningRate(fresh, {
        train,
        optimizer: optimizerOf(plan),
        loss: plan.loss,
        seed: plan.seed,
      });
      fresh.dispose();
      return { used: plan.actualRate ?? plan.rate, suggestion: found.suggestion, divergedAt: found.divergedAt };
    },
    async evaluate({ split, zeroed = false, mode = "inference" }) {
      const ids = split === "train" ? trained : some;
      // In training mode a frozen normalization goes by the batch where the fault makes it; else both modes are one.
      const variant = zeroed
        ? "blank"
        : mode === "training" && split === "train"
          ? plan.variant
          : plan.validationVariant;
      return { loss: await lossOn(variant, ids), accuracy: Number.NaN, images: ids.length };
    },
    async linearProbe({ images, pixels = "as given", weights = "loaded" }) {
      if (!world.frozen) return undefined;
      const variants = { "as given": plan.variant, "as declared": "plain", "0 to 1": "scaled" };
      const variant = weights === "random" ? "random" : variants[/** @type {keyof variants} */ (pixels)];
      if (variant === undefined) return undefined;
      const ids = shuffled(plan.train, random(plan.seed, "probe")).slice(0, images);
      // Weights that were not loaded, or wrongly, stay so, whatever is done to the pixels, and black images stay black.
      const stays = ["random", "jumbled", "blank"].includes(plan.variant);
      const actual = stays && !(weights === "random" && plan.variant === "jumbled") ? plan.variant : variant;
      return linearProbe(rowsOf(await world.features(/** @type {never} */ (actual)), ids, plan, world));
    },
    dispose: () => model.dispose(),
  };
};
