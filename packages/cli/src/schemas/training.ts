import { z } from "zod";
import { count, interval, share, summaryInterval, timings, version } from "./common.ts";
import { diagnosis } from "./diagnosis.ts";

/** A classifier on one part of a data set. */
const summary = z.strictObject({
  n: count,
  classes: z.array(z.string()),
  confidence: share,
  accuracy: summaryInterval,
  balancedAccuracy: summaryInterval,
  macroF1: summaryInterval,
  mcc: summaryInterval,
  kappa: summaryInterval,
  logLoss: z.number().nonnegative(),
  d2LogLoss: z.number().nullable(),
  calibrationError: share,
  majorityShare: share,
  labelEntropy: z.number().nonnegative(),
  perClass: z.array(
    z.strictObject({ name: z.string(), support: count, precision: share, recall: summaryInterval, f1: share }),
  ),
  confusion: z.array(z.array(count)),
  mostConfused: z.array(z.strictObject({ actual: z.string(), predicted: z.string(), count, share })),
});

const level = z.enum(["beyond-doubt", "paired-test-only", "not-better"]);
const verdict = z.strictObject({
  better: z.boolean(),
  level,
  text: z.string(),
  accuracy: interval,
  comparisons: z.array(z.strictObject({ name: z.string(), accuracy: interval, level, pValue: share.optional() })),
});

const metrics = {
  version,
  part: z.enum(["test", "validation"]),
  keptEpoch: count.nullable(),
  parts: z.record(z.string(), summary),
  baselines: z.array(z.strictObject({ name: z.string(), correct: count, n: count })),
  verdict,
};
const ended = { run: z.string(), epochs: count, reason: z.string() };

/** `cassava train --json` */
export const train = z.strictObject({ ...ended, timings, ...metrics, diagnosis });

/** `cassava demo --json` */
export const demo = z.strictObject({ ...ended, ...metrics });

/** `cassava cross-validate --json` */
export const crossValidate = z.strictObject({
  run: z.string(),
  timings,
  version,
  folds: z.array(z.strictObject({ keptEpoch: count.nullable(), summary })),
  pooled: summary,
  verdict,
});

/** `cassava evaluate --json` */
export const evaluate = z.strictObject({
  version,
  part: z.enum(["train", "validation", "test"]).nullable(),
  excluded: count,
  summary,
  reproduced: z.boolean().nullable(),
});

const compared = z.strictObject({
  name: z.enum(["accuracy", "balancedAccuracy"]),
  a: z.number(),
  b: z.number(),
  difference: interval.extend({ standardError: z.number().optional(), undefinedResamples: count.optional() }),
  verdict: z.enum(["better", "worse", "within-noise"]),
});

/** `cassava compare --json` */
export const compare = z.strictObject({
  version,
  a: z.string(),
  b: z.string(),
  part: z.enum(["test", "validation"]),
  images: count,
  accuracy: compared,
  balancedAccuracy: compared,
  mcnemar: z.strictObject({ onlyA: count, onlyB: count, pValue: share }),
});

/** `cassava predict --json` */
export const predict = z.strictObject({
  version,
  predictions: z.array(
    z.strictObject({
      file: z.string(),
      predicted: count,
      class: z.string(),
      probabilities: z.array(z.strictObject({ name: z.string(), probability: share })),
    }),
  ),
});

/** `cassava export --json` */
export const exportModel = z.strictObject({
  version,
  out: z.string(),
  format: z.enum(["onnx", "layers"]),
  bytes: count,
  input: z.tuple([count, count, z.literal(3)]),
  classes: z.array(z.string()),
});
