const LEVELS = "▁▂▃▄▅▆▇█";

/**
 * A picture of values in at most `width` characters, lowest to highest: of more values each character is the mean of its share.
 * Not finite ones are drawn as `×`; where all are equal the line is low.
 */
export function sparkline(values: readonly number[], width: number): string {
  const columns = Math.min(width, values.length);
  const means = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.floor(((column + 1) * values.length) / columns);
    return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  });
  const finite = means.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return means
    .map((mean) => {
      if (!Number.isFinite(mean)) return "×";
      const share = high > low ? (mean - low) / (high - low) : 0;
      return LEVELS[Math.min(LEVELS.length - 1, Math.floor(share * LEVELS.length))];
    })
    .join("");
}
