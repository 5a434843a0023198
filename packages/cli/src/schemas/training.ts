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

const difference = interval.extend({ standardError: z.number().optional(), undefinedResamples: count.optional() });
const compared = z.strictObject({
  name: z.enum(["accuracy", "balancedAccuracy"]),
  a: z.number(),
  b: z.number(),
  difference,
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

/** `cassava report --json` */
export const report = z.strictObject({
  version,
  run: z.string(),
  report: z.string(),
  card: z.string(),
  bytes: count,
  photographs: count,
  verdict: z.string(),
});

/** `cassava survey --json` */
export const survey = z.strictObject({
  version,
  survey: z.string(),
  report: z.string(),
  planned: z.array(z.string()),
  title: z.string(),
  about: z.string(),
  images: count,
  part: z.enum(["test", "validation"]),
  majority: interval.optional(),
  models: z.array(
    z.strictObject({
      name: z.string(),
      weights: z.string(),
      accuracy: summaryInterval,
      balancedAccuracy: summaryInterval,
      macroF1: summaryInterval,
      logLoss: z.number().nonnegative(),
      verdict: level,
      difference: z
        .strictObject({ accuracy: difference, onlyFirst: count, onlyThis: count, adjustedP: share })
        .optional(),
      seconds: z.number().nonnegative(),
      parameters: count,
      trainableParameters: count,
      finding: z.string().optional(),
      href: z.string(),
    }),
  ),
  failed: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  reproduce: z.array(z.string()).optional(),
});
