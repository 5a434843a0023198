/** The middle value; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Pearson's correlation; NaN where one of the two does not vary. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const [x, y] = [value - meanA, b[i]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

/** The largest of many values, which may be too many for `Math.max(...)`; -Infinity of nothing. */
export function largest(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** Index of the largest value, the lowest under ties. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Sum of counts. */
export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Pearson's chi-squared of a table of counts, its degrees of freedom and Cramér's V (Cramér 1946) in [0, 1]; rows and columns without a
 * count are left out. V is 0 where one row or one column is left.
 */
export function chiSquare(table: readonly (readonly number[])[]): {
  readonly statistic: number;
  readonly freedom: number;
  readonly cramersV: number;
} {
  const rows = table.filter((row) => total(row) > 0);
  const width = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: width }, (_, c) => total(rows.map((row) => row[c] ?? 0)));
  const n = total(columns);
  let statistic = 0;
  for (const row of rows) {
    for (const [c, column] of columns.entries()) {
      if (column === 0) continue;
      const expected = (total(row) * column) / n;
      statistic += ((row[c] ?? 0) - expected) ** 2 / expected;
    }
  }
  const sides = [rows.length - 1, columns.filter((column) => column > 0).length - 1];
  const least = Math.min(...sides);
  return {
    statistic,
    freedom: sides[0]! * sides[1]!,
    cramersV: least < 1 ? 0 : Math.sqrt(statistic / (n * least)),
  };
}

/** The standard normal score that has about the tail of a chi-squared statistic (Wilson & Hilferty 1931). */
export function chiSquareZ(statistic: number, freedom: number): number {
  if (freedom < 1) return 0;
  const variance = 2 / (9 * freedom);
  return (Math.cbrt(statistic / freedom) - (1 - variance)) / Math.sqrt(variance);
}
