import { DataError, reasonOf } from "./errors.ts";

/** A row of a CSV, brought down to the columns that were asked for. */
export interface CsvRow {
  /** Without surrounding spaces, in the order in which the columns were named. */
  readonly cells: readonly string[];
  /** Line of the file that the row ends on, from 1. */
  readonly line: number;
}

/**
 * The named columns of a CSV (RFC 4180: quotes, CRLF or LF; a byte order mark is skipped). Blank lines are skipped,
 * further columns ignored. The first column names the image and is never empty. Throws a DataError: CSV_EMPTY without a
 * single row, CSV_COLUMN where a column is missing, CSV_INVALID for broken quotes, a row of another length than the
 * header, or an empty image name.
 */
export async function parseCsvTable(text: string, file: string, columns: readonly string[]): Promise<CsvRow[]> {
  const table = await parseCsv(text, file);
  const header = table[0]?.record.map((name) => name.trim());
  if (header === undefined || table.length === 1) {
    const message = `${file} has no rows: write a header "${columns.join(",")}" and one row for each image`;
    throw new DataError("CSV_EMPTY", message, { file });
  }
  const places = columns.map((name) => {
    const at = header.indexOf(name);
    if (at >= 0) return at;
    const message = `${file} has no column "${name}" (it has ${header.map((other) => `"${other}"`).join(", ")}): rename its columns (or name them in the options)`;
    throw new DataError("CSV_COLUMN", message, { file, line: 1 });
  });
  return table.slice(1).map(({ record, line }) => {
    const cells = places.map((at) => record[at]!.trim());
    if (cells[0] !== "") return { cells, line };
    const message = `${file} line ${line}: the cell of "${columns[0]}" is empty: write the image's name`;
    throw new DataError("CSV_INVALID", message, { file, line });
  });
}

async function parseCsv(text: string, file: string): Promise<{ record: string[]; line: number }[]> {
  // The build for browsers is the one that needs no Buffer; loaded on demand, it costs nothing where no CSV is read.
  const { parse } = await import("csv-parse/browser/esm/sync");
  try {
    const rows = parse(text, { bom: true, info: true, skip_empty_lines: true }) as unknown;
    return (rows as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      line: info.lines,
    }));
  } catch (cause) {
    const line =
      cause instanceof Error && "lines" in cause && typeof cause.lines === "number" ? cause.lines : undefined;
    const where = line === undefined ? file : `${file} line ${line}`;
    const message = `${where} is not CSV (${reasonOf(cause)}): check its quotes and that each row has as many cells as the header`;
    throw new DataError("CSV_INVALID", message, { file, ...(line !== undefined && { line }), cause });
  }
}
