import { series } from "../facts.ts";
import { defineRule } from "../rule.ts";
import { nats, percent } from "../text.ts";

/** The same images get another loss when batch normalization goes by the batch than when it goes by its moving statistics. */
export const bnModeMismatch = defineRule({
  id: "bn-mode-mismatch",
  group: "weights",
  source: "TheDeepChecker; keras#9214, keras#9522",
  defaults: {
    /** Relative difference of the losses on the same images. */
    difference: 0.25,
    /** The same between the logged loss of training and that of the same images in inference mode, which dropout only makes lower. */
    logged: 0.4,
  },
  evaluate(input, { difference, logged }) {
    const { checks, setup } = input;
    const frozenByBatch = setup?.frozen === true && setup.batchNormMode === "training";
    const pairs: (readonly [number, number, number, string])[] = [];
    if (checks?.trainingImagesLoss !== undefined && checks.trainingModeLoss !== undefined) {
      pairs.push([checks.trainingModeLoss, checks.trainingImagesLoss, difference, "of the same batch"]);
    }
    const [trained, fair] = [series(input, "loss").values.at(-1), series(input, "train_loss").values.at(-1)];
    if (trained !== undefined && fair !== undefined) pairs.push([trained, fair, logged, "of the training images"]);
    if (!frozenByBatch && pairs.length === 0) {
      return { missing: ["the loss of the same images in training and in inference mode"] };
    }
    const off = pairs.find(
      ([training, inference, limit]) => inference > (1 + limit) * training && inference - training > 0.1,
    );
    if (!frozenByBatch && off === undefined) {
      return { pass: { refutes: [{ cause: "batch-normalization-mode", weight: 0.8 }] } };
    }
    const [training, inference, , which] = off ?? [Number.NaN, Number.NaN, 0, ""];
    return {
      finding: {
        severity: off === undefined ? "warning" : "error",
        confidence: off === undefined ? 0.8 : 0.9,
        title: "batch normalization is used in two ways that do not agree",
        evidence:
          off === undefined
            ? [{ name: "mode of batch normalization in the frozen part", value: "training" }]
            : [
                { name: "loss with the statistics of the batch", value: training, unit: "nats" },
                { name: "loss with the moving statistics", value: inference, unit: "nats" },
              ],
        explanation:
          off === undefined
            ? "The frozen part normalizes by the statistics of each batch, and its moving statistics drift away from those that its weights were trained with."
            : `The loss ${which} is ${nats(training)} nats where batch normalization goes by the batch, and ${nats(inference)} where it goes by its moving statistics, as it does whenever the model is used: ${percent(inference / training - 1, 0)} more.`,
        causes: [
          { cause: "batch-normalization-mode", weight: 0.9 },
          { cause: "overfitting", weight: 0.05 },
        ],
        remedy: "Run frozen batch normalization in inference mode (Keras: base(x, training=False)).",
        falsePositive: "So few steps were trained that the moving statistics have not caught up.",
      },
    };
  },
});
