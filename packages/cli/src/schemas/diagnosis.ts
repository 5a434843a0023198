import { z } from "zod";
import { count, share, version } from "./common.ts";

const votes = z.array(z.strictObject({ cause: z.string(), weight: z.number().positive().max(1) }));
const evidence = z.array(
  z.strictObject({
    name: z.string(),
    value: z.union([z.number(), z.string(), z.null()]),
    unit: z.string().optional(),
    epochs: z.array(count).optional(),
  }),
);

const parts = {
  version,
  findings: z.array(
    z.strictObject({
      rule: z.string(),
      severity: z.enum(["error", "warning", "info"]),
      confidence: share,
      title: z.string(),
      evidence,
      explanation: z.string(),
      causes: votes,
      remedy: z.string(),
      probe: z.string().optional(),
      falsePositive: z.string(),
    }),
  ),
  causes: z.array(
    z.strictObject({
      cause: z.string(),
      title: z.string(),
      remedy: z.string(),
      confidence: share,
      because: z.array(z.string()),
      against: z.array(z.string()),
    }),
  ),
  passed: z.array(z.string()),
  notEvaluated: z.array(z.strictObject({ rule: z.string(), missing: z.array(z.string()) })),
};

/** What is wrong with a run: `diagnosis.json`, and a part of what `cassava train` answers. */
export const diagnosis = z.strictObject(parts);

/** `cassava diagnose --json` */
export const diagnose = z.strictObject({
  ...parts,
  probes: z.array(
    z.strictObject({ probe: z.string(), confirms: votes, refutes: votes, evidence, explanation: z.string() }),
  ),
});
