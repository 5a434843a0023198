import type { SummaryInterval } from "@cassava/metrics";

/** Seconds for people: `4.2 s`, `3 min 5 s`, `2 h 4 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Bytes for people, in binary units: `512 B`, `1.5 MiB`. */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = count;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A share as a percentage with one decimal. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `.681 (.614-.741)`; a dash where it is not defined. */
export function withInterval({ estimate, low, high }: SummaryInterval): string {
  if (estimate === null) return "-";
  return `${estimate.toFixed(3)} (${low === null ? "?" : low.toFixed(3)} to ${high === null ? "?" : high.toFixed(3)})`;
}

/** `1 image`, `2 images`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Columns of text; numbers to the right, words to the left. The first row is the header. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => String(row[c] ?? "").length)));
  const isNumber = (c: number) =>
    rows.slice(1).every((row) => typeof row[c] === "number" || /^[-\d.,%\s]+$/.test(row[c] ?? ""));
  const right = widths.map((_, c) => isNumber(c));
  return rows
    .map((row) =>
      row
        .map((cell, c) => (right[c] ? String(cell).padStart(widths[c]!) : String(cell).padEnd(widths[c]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
