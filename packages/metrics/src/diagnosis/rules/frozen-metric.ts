import { flatTail, learns, priorOf, rounding, series } from "../facts.ts";
import { largest } from "../numbers.ts";
import { defineRule } from "../rule.ts";
import { epochRange, nats, percent } from "../text.ts";

/** The same validation accuracy, to the last digit, while the training loss moves. */
export const frozenMetric = defineRule({
  id: "frozen-metric",
  group: "collapse",
  source: "own; keras#1597, keras#7023, keras#13908",
  defaults: {
    /** Evaluations at the same accuracy, without rounding that hides a difference. */
    evaluations: 3,
    /** The same for accuracies that are written with three digits or fewer. */
    rounded: 5,
    /** Share of its level by which the training loss has to move. */
    moves: 0.005,
  },
  evaluate(input, { evaluations, rounded, moves }) {
    const logged = series(input, "val_accuracy");
    if (logged.values.length < evaluations) return { missing: ["validation accuracy of 3 epochs"] };
    const flat = flatTail(logged, 1e-9);
    const needed = rounding(logged.values) >= 5e-4 ? rounded : evaluations;
    const value = logged.values.at(-1)!;
    if (flat.values.length < needed || value > 0.995) return { pass: {} };
    // A good run that has converged may stand still too, above the majority class or at the end of a longer way.
    const prior = priorOf(input);
    const above = prior && value - prior.share - 3 * Math.sqrt((prior.share * (1 - prior.share)) / prior.n);
    const short = flat.values.length < logged.values.length / 2;
    // Of few images the same number may be right a few times over, by chance; at the very share of a class that is no chance.
    const elsewhere = prior?.exact === true && Math.abs(value - prior.share) > 0.5 / prior.n;
    const converged = learns(input) || (above === undefined ? short : above > 0 || (short && elsewhere));
    const loss = series(input, "loss").values.slice(-flat.values.length);
    const moved = loss.length < 2 ? 0 : largest(loss) + largest(loss.map((one) => -one));
    const moving = moved > moves * Math.abs(loss.at(-1) ?? 0);
    return {
      finding: {
        severity: converged ? "info" : "warning",
        confidence: converged ? 0.3 : Math.min(0.95, 1 - 0.5 ** (flat.values.length - 1)),
        title: `validation accuracy has been ${percent(value, 2)} for ${flat.values.length} epochs, to the last digit`,
        evidence: [
          { name: "validation accuracy", value, epochs: flat.epochs },
          ...(loss.length < 2 ? [] : [{ name: "movement of the training loss", value: moved, unit: "nats" }]),
        ],
        explanation: moving
          ? `In ${epochRange(flat.epochs)} not one validation image changed its answer from wrong to right or back on balance, while the training loss moved by ${nats(moved)} nats. Something keeps training from reaching what is judged.`
          : `In ${epochRange(flat.epochs)} neither validation accuracy nor the training loss moved: the network has stopped learning.`,
        causes: [
          { cause: "preprocessing", weight: 0.3 },
          { cause: "learning-rate-too-high", weight: 0.3 },
          { cause: "batch-normalization-mode", weight: moving ? 0.25 : 0.1 },
          { cause: "nothing-trains", weight: moving ? 0.05 : 0.2 },
          { cause: "dead-head", weight: 0.2 },
        ],
        remedy:
          "Look at the answers for the validation images: if it is one class for all of them, check preprocessing and learning rate first.",
        probe: "preprocessing-sweep",
        falsePositive: "The accuracy is written with few digits, or the validation part has few images.",
      },
    };
  },
});
