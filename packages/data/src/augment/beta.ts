import type { Random } from "../random.ts";

/**
 * Draws from the Beta(alpha, alpha) distribution, as a multiple of 2^-16, so that last bits in which `Math.log` and
 * `Math.exp` differ between platforms do not show. A Beta number is g1 / (g1 + g2) of two Gamma numbers, here by their
 * logarithms: those of a small alpha are too small for a double.
 */
export function symmetricBeta(alpha: number, chance: Random): number {
  const first = logGamma(alpha, chance);
  const second = logGamma(alpha, chance);
  return Math.round(2 ** 16 / (1 + Math.exp(second - first))) / 2 ** 16;
}

/**
 * The logarithm of a Gamma(alpha, 1) number: G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables"
 * (2000), for alpha + 1, brought down to alpha by u^(1 / alpha).
 */
function logGamma(alpha: number, chance: Random): number {
  const d = alpha + 1 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  while (true) {
    const x = chance.normal();
    const v = (1 + c * x) ** 3;
    const u = 1 - chance.next();
    if (v <= 0 || Math.log(u) >= 0.5 * x * x + d - d * v + d * Math.log(v)) continue;
    return Math.log(d * v) + Math.log(1 - chance.next()) / alpha;
  }
}
