/**
 * Cramér's V of a table of counts `[row][column]`: sqrt(chi² / (n · min(rows - 1, columns - 1))), 0 to 1 (H. Cramér,
 * 1946, chapter 21). Empty rows and columns do not count; 0 where fewer than two rows or columns are left.
 */
export function cramersV(table: readonly (readonly number[])[]): number {
  return associationOf(table).cramersV;
}

/** How strongly rows and columns of a table of counts go together, and whether chance explains it. */
export interface Association {
  /** Cramér's V, 0 (rows have equal shares) to 1 (the row tells the column); see {@link cramersV}. */
  readonly cramersV: number;
  /** Pearson's statistic, Σ (observed - expected)² / expected. */
  readonly chiSquare: number;
  /** (rows - 1) · (columns - 1), of those that are not empty; 0 where nothing can be compared. */
  readonly degreesOfFreedom: number;
  /**
   * Probability of a chi² at least so large where rows and columns are independent, 0 to 1 (1 where nothing can be
   * compared). Approximate: trustworthy where expected counts are 5 or more.
   */
  readonly pValue: number;
}

/** Pearson's chi-square test of independence of a table of counts `[row][column]`, without continuity correction. */
export function associationOf(table: readonly (readonly number[])[]): Association {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const width = Math.max(0, ...table.map((row) => row.length));
  const columns = Array.from({ length: width }, (_, c) => table.reduce((sum, row) => sum + row[c]!, 0));
  const n = rows.reduce((sum, count) => sum + count, 0);
  const [used, usedColumns] = [rows, columns].map((sums) => sums.filter((count) => count > 0).length);
  const freedom = Math.min(used!, usedColumns!) - 1;
  if (freedom < 1) return { cramersV: 0, chiSquare: 0, degreesOfFreedom: 0, pValue: 1 };
  let chiSquare = 0;
  for (const [r, row] of table.entries()) {
    for (const [c, count] of row.entries()) {
      const expected = (rows[r]! * columns[c]!) / n;
      if (expected > 0) chiSquare += (count - expected) ** 2 / expected;
    }
  }
  const degreesOfFreedom = (used! - 1) * (usedColumns! - 1);
  return {
    cramersV: Math.sqrt(chiSquare / (n * freedom)),
    chiSquare,
    degreesOfFreedom,
    // Engines differ in the last bits of logarithms: six digits are the same everywhere, and all that is accurate.
    pValue: Number(chiSquareTail(chiSquare, degreesOfFreedom).toPrecision(6)),
  };
}

/**
 * Probability that a chi-square variable of `freedom` degrees (an integer of at least 1) exceeds `x`, absolute error
 * below 2e-7. The upper incomplete gamma function Q(freedom / 2, x / 2) by its recurrence
 * Q(a + 1, t) = Q(a, t) + tᵃ e⁻ᵗ / Γ(a + 1), which ends at Q(1, t) = e⁻ᵗ or Q(1/2, t) = erfc(√t)
 * (M. Abramowitz and I. Stegun, 1964, 26.4.4 and 26.4.5).
 */
export function chiSquareTail(x: number, freedom: number): number {
  if (!(x > 0)) return 1;
  const t = x / 2;
  let a = freedom % 2 === 0 ? 1 : 0.5;
  // In logarithms: powers and factorials of themselves overflow at a few hundred degrees.
  let logTerm = freedom % 2 === 0 ? Math.log(t) - t : 0.5 * Math.log(t) - t - Math.log(Math.sqrt(Math.PI) / 2);
  let tail = freedom % 2 === 0 ? Math.exp(-t) : erfc(Math.sqrt(t));
  for (; a < freedom / 2; a++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log(t) - Math.log(a + 1);
  }
  return Math.min(1, tail);
}

/** Complementary error function for z >= 0, absolute error below 1.5e-7 (Abramowitz and Stegun, 7.1.26). */
function erfc(z: number): number {
  const k = 1 / (1 + 0.3275911 * z);
  const series = k * (0.254829592 + k * (-0.284496736 + k * (1.421413741 + k * (-1.453152027 + k * 1.061405429))));
  return series * Math.exp(-z * z);
}
