/** Where the middle of a measurement lies, and how wide it spreads, whatever its outliers are. */
export interface RobustScale {
  readonly median: number;
  /**
   * Estimate of the standard deviation that outliers do not move: 1.4826 times the median absolute deviation, or 1.2533
   * times the mean absolute deviation where more than half of the values are equal. 0 where all are.
   */
  readonly scale: number;
}

/** {@link RobustScale} of at least one value (B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, 1993). */
export function robustScale(values: readonly number[]): RobustScale {
  const center = medianOf(values);
  const deviations = values.map((value) => Math.abs(value - center));
  const mad = medianOf(deviations);
  if (mad > 0) return { median: center, scale: 1.4826 * mad };
  const mean = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
  return { median: center, scale: 1.2533 * mean };
}

/** Robust z-score: how many standard deviations `value` lies above the median; 0 where nothing varies. */
export function robustZ(value: number, { median, scale }: RobustScale): number {
  return scale === 0 ? 0 : (value - median) / scale;
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
