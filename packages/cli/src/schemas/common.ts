import { z } from "zod";

/** A whole number from 0. */
export const count = z.int().nonnegative();
/** In [0, 1]. */
export const share = z.number().min(0).max(1);
/** Every document says which form it has. */
export const version = z.literal(1);

/** An estimate with the interval that holds it; null where it is not defined. */
export const summaryInterval = z.strictObject({
  estimate: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/** An estimate with an interval that is always defined. */
export const interval = z.strictObject({
  estimate: z.number(),
  low: z.number(),
  high: z.number(),
  confidence: share.optional(),
});

/** Seconds of each stage, and the most memory that was taken. */
export const timings = z.strictObject({
  seconds: z.record(z.string(), z.number().nonnegative()),
  peakMemoryMiB: count,
});

/** On stdout in place of a result: why there is none. */
export const errorDocument = z
  .strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) })
  .describe("Why there is no result; the exit code is 1, or 130 where it was interrupted.");
