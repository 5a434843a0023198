import { MetricsError } from "./errors.ts";

/**
 * P-values adjusted for their number: reject where the adjusted one is below the level, and the chance of any false rejection among all
 * of them is at most that. In the order of `pValues`. Source: Holm, A simple sequentially rejective multiple test procedure, 1979; as R's
 * `p.adjust(method = "holm")`. Throws OPTION_INVALID for what is outside [0, 1].
 */
export const holmAdjusted = (pValues: readonly number[]): number[] => {
  const wrong = pValues.findIndex((p) => !(p >= 0 && p <= 1));
  if (wrong >= 0)
    throw new MetricsError("OPTION_INVALID", `pValues[${wrong}] is ${pValues[wrong]}: pass numbers from 0 to 1`);
  const order = [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let most = 0;
  for (const [rank, index] of order.entries()) {
    most = Math.max(most, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = most;
  }
  return adjusted;
};
