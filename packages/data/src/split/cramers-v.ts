/**
 * Cramér's V of a table of counts `[row][column]`: sqrt(chi² / (n · min(rows - 1, columns - 1))), 0 to 1 (H. Cramér,
 * 1946, chapter 21). Empty rows and columns do not count; 0 where fewer than two rows or columns are left.
 */
export function cramersV(table: readonly (readonly number[])[]): number {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const width = Math.max(0, ...table.map((row) => row.length));
  const columns = Array.from({ length: width }, (_, c) => table.reduce((sum, row) => sum + row[c]!, 0));
  const n = rows.reduce((sum, count) => sum + count, 0);
  const freedom = Math.min(rows.filter((count) => count > 0).length, columns.filter((count) => count > 0).length) - 1;
  if (freedom < 1) return 0;
  let chiSquare = 0;
  for (const [r, row] of table.entries()) {
    for (const [c, count] of row.entries()) {
      const expected = (rows[r]! * columns[c]!) / n;
      if (expected > 0) chiSquare += (count - expected) ** 2 / expected;
    }
  }
  return Math.sqrt(chiSquare / (n * freedom));
}
