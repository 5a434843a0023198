import { MetricsError } from "./errors.ts";
import { normalQuantile } from "./normal.ts";
import { checkConfidence } from "./validate.ts";

/** An estimate with the range of values that the sample leaves plausible. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** The share of such intervals that hold the true value, in (0, 1). */
  readonly confidence: number;
}

/** Options of {@link wilsonInterval}. */
export interface WilsonOptions {
  /** In (0, 1). */
  readonly confidence?: number;
}

/**
 * Wilson's score interval of a share, `successes` of `n`, within [0, 1]; without samples, NaN in [0, 1].
 * Source: Wilson, Probable inference, JASA 22, 1927, without correction for continuity: it covers `confidence` on the average
 * over true shares. Throws OPTION_INVALID.
 */
export const wilsonInterval = (successes: number, n: number, { confidence = 0.95 }: WilsonOptions = {}): Interval => {
  checkConfidence(confidence);
  if (!(n >= 0 && n < Infinity && successes >= 0 && successes <= n))
    throw new MetricsError(
      "OPTION_INVALID",
      `${successes} successes of ${n}: pass finite counts with 0 <= successes <= n`,
    );
  if (n === 0) return { estimate: Number.NaN, low: 0, high: 1, confidence };
  const share = successes / n;
  const z2 = normalQuantile((1 + confidence) / 2) ** 2;
  const centre = share + z2 / (2 * n);
  const half = Math.sqrt(z2 * ((share * (1 - share)) / n + z2 / (4 * n * n)));
  const scale = 1 + z2 / n;
  return {
    estimate: share,
    low: successes === 0 ? 0 : (centre - half) / scale,
    high: successes === n ? 1 : (centre + half) / scale,
    confidence,
  };
};
