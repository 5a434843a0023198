/**
 * Rows as a table for people: one column for each key of the first row, numbers to four significant digits, right-aligned.
 * @param {readonly Readonly<Record<string, string | number>>[]} rows
 * @returns {string} lines, each ended
 */
export const formatTable = (rows) => {
  const keys = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => keys.map((key) => format(row[key])));
  const widths = keys.map((key, at) => Math.max(key.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ row) =>
    row
      .map((cell, at) =>
        typeof rows[0]?.[keys[at] ?? ""] === "number" ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [keys, ...cells].map((row) => `${line(row)}\n`).join("");
};

const format = (/** @type {string | number | undefined} */ value) =>
  typeof value === "number" ? String(Number(value.toPrecision(4))) : (value ?? "");
