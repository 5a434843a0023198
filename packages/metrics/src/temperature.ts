import { MetricsError } from "./errors.ts";
import { checkClasses, checkLabels, checkLength, checkNotEmpty, checkScores } from "./validate.ts";

/** Options of {@link fitTemperature}. */
export interface FitTemperatureOptions {
  /** Number of classes, at least 2. */
  readonly classes: number;
}

/** A fitted temperature. */
export interface TemperatureFit {
  /** Logits are divided by it: above 1 where the model was too sure. Within [e^-10, e^10]. */
  readonly temperature: number;
  /** Mean log loss at temperature 1, in nats. */
  readonly lossBefore: number;
  /** Mean log loss at the fitted temperature, in nats. */
  readonly lossAfter: number;
  /** True where the loss falls to the end of the range: separable data, or logits that say nothing of the labels. */
  readonly atLimit: boolean;
}

/**
 * The temperature of least log loss (Guo et al., 2017; scikit-learn `CalibratedClassifierCV(method="temperature")`). `logits` is row-major
 * `[n, classes]` of held-out samples. The loss is convex in the inverse temperature; its derivative's root is found
 * by Newton steps within a bracket. Throws EMPTY, LENGTH_MISMATCH, LABEL_OUT_OF_RANGE, SCORE_INVALID.
 */
export const fitTemperature = (
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  { classes }: FitTemperatureOptions,
): TemperatureFit => {
  checkClasses(classes, 2);
  checkLength("logits", logits.length, labels.length * classes, `${labels.length} samples of ${classes} classes`);
  checkLabels("labels", labels, classes);
  checkScores("logits", logits);
  checkNotEmpty(labels.length);
  // The search runs over u = -ln temperature, in scikit-learn's range.
  let low = -LIMIT;
  let high = LIMIT;
  const at = (u: number) => lossAt(logits, labels, classes, Math.exp(u));
  let u = at(low).slope >= 0 ? low : at(high).slope <= 0 ? high : 0;
  const atLimit = u !== 0;
  for (let step = 0; !atLimit && step < 100; step++) {
    const { slope, curvature } = at(u);
    if (slope === 0) break;
    if (slope < 0) low = u;
    else high = u;
    const newton = u - slope / (curvature * Math.exp(u));
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const done = Math.abs(next - u) <= 1e-15 * Math.max(1, Math.abs(u));
    u = next;
    if (done) break;
  }
  return { temperature: Math.exp(-u), lossBefore: at(0).loss, lossAfter: at(u).loss, atLimit };
};

const LIMIT = 10;

/** Mean loss at an inverse temperature, with its first and second derivative by it. */
const lossAt = (logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number, inverse: number) => {
  let loss = 0;
  let slope = 0;
  let curvature = 0;
  for (let i = 0; i < labels.length; i++) {
    const start = i * classes;
    let top = -Infinity;
    for (let c = 0; c < classes; c++) top = Math.max(top, logits[start + c]!);
    let mass = 0;
    let first = 0;
    let second = 0;
    for (let c = 0; c < classes; c++) {
      const below = logits[start + c]! - top;
      const weight = Math.exp(inverse * below);
      mass += weight;
      first += weight * below;
      second += weight * below * below;
    }
    const mean = first / mass;
    const own = logits[start + labels[i]!]! - top;
    loss += Math.log(mass) - inverse * own;
    slope += mean - own;
    curvature += second / mass - mean * mean;
  }
  const n = labels.length;
  return { loss: loss / n, slope: slope / n, curvature: curvature / n };
};

/**
 * Probabilities of logits at a temperature: softmax(logits / temperature), row-major `[n, classes]`. Throws LENGTH_MISMATCH where the
 * length is no multiple of `classes`, SCORE_INVALID, OPTION_INVALID.
 */
export const applyTemperature = (logits: ArrayLike<number>, temperature: number, classes: number): Float64Array => {
  checkClasses(classes, 2);
  if (!(temperature > 0 && temperature < Infinity))
    throw new MetricsError("OPTION_INVALID", `temperature is ${temperature}: pass a positive number`);
  const n = Math.floor(logits.length / classes);
  checkLength("logits", logits.length, n * classes, `rows of ${classes} classes`);
  checkScores("logits", logits);
  const out = new Float64Array(logits.length);
  for (let start = 0; start < out.length; start += classes) {
    let top = -Infinity;
    for (let c = start; c < start + classes; c++) top = Math.max(top, logits[c]!);
    let mass = 0;
    for (let c = start; c < start + classes; c++) {
      out[c] = Math.exp((logits[c]! - top) / temperature);
      mass += out[c]!;
    }
    for (let c = start; c < start + classes; c++) out[c] = out[c]! / mass;
  }
  return out;
};

/** Logits that give these probabilities, where the model's own are lost: ln(p + 1e-12), as scikit-learn. Throws PROBABILITY_INVALID. */
export const logitsOfProbabilities = (probabilities: ArrayLike<number>): Float64Array =>
  Float64Array.from(probabilities, (p, i) => {
    if (!(p >= 0 && p <= 1))
      throw new MetricsError(
        "PROBABILITY_INVALID",
        `probabilities[${i}] is ${p}, outside [0, 1]: pass the output of a softmax`,
        {
          index: i,
        },
      );
    return Math.log(p + 1e-12);
  });
