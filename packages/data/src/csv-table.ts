import { DataError, reasonOf } from "./errors.ts";

/** A row of a CSV, brought down to the columns that were asked for. */
export interface CsvRow {
  /** Without surrounding spaces, in the order in which the columns were named. */
  readonly cells: readonly string[];
  /** Line of the file that the row ends on, from 1. */
  readonly line: number;
}

/** What separates cells: Excel writes semicolons where a comma is the decimal sign, and tabs as "text". */
const SEPARATORS = [",", ";", "\t"];

/**
 * The named columns of a CSV (RFC 4180: quotes, CRLF or LF; a byte order mark is skipped). Cells are separated by commas, or
 * by semicolons or tabs where the header has more of the columns by these. Blank lines are skipped, further columns ignored.
 * The first column names the image and is never empty. Throws a DataError: CSV_EMPTY without a single row, CSV_COLUMN where
 * a column is missing, CSV_INVALID for broken quotes, a row of another length than the header, or an empty image name.
 */
export async function parseCsvTable(text: string, file: string, columns: readonly string[]): Promise<CsvRow[]> {
  const parse = await loadParser();
  const table = parseCsv(parse, text, file, separatorOf(parse, text, columns));
  const header = table[0]?.record.map((name) => name.trim());
  if (header === undefined || table.length === 1) {
    const message = `${file} has no rows: write a header "${columns.join(",")}" and one row for each image`;
    throw new DataError("CSV_EMPTY", message, { file });
  }
  const places = columns.map((name) => {
    const at = header.indexOf(name);
    if (at >= 0) return at;
    const message = `${file} line 1: there is no column "${name}"; it needs ${quoted(columns)} and has ${quoted(header)}: rename the columns in this line`;
    throw new DataError("CSV_COLUMN", message, { file, line: 1 });
  });
  return table.slice(1).map(({ record, line }) => {
    const cells = places.map((at) => record[at]!.trim());
    if (cells[0] !== "") return { cells, line };
    const message = `${file} line ${line}: the cell of "${columns[0]}" is empty: write the image's name`;
    throw new DataError("CSV_INVALID", message, { file, line });
  });
}

type Parse = (text: string, options: Readonly<Record<string, unknown>>) => unknown;

/** The build for browsers is the one that needs no Buffer; loaded on demand, it costs nothing where no CSV is read. */
async function loadParser(): Promise<Parse> {
  return (await import("csv-parse/browser/esm/sync")).parse as Parse;
}

/** The separator by which the header has most of `columns`; of equals the one that makes most cells, then the first. */
function separatorOf(parse: Parse, text: string, columns: readonly string[]): string {
  const rated = SEPARATORS.map((separator) => {
    const header = headerBy(parse, text, separator);
    return { separator, named: columns.filter((name) => header.includes(name)).length, cells: header.length };
  });
  return rated.sort((a, b) => b.named - a.named || b.cells - a.cells)[0]!.separator;
}

function headerBy(parse: Parse, text: string, separator: string): string[] {
  try {
    const rows = parse(text, { bom: true, delimiter: separator, skip_empty_lines: true, to: 1 }) as string[][];
    return rows[0]?.map((name) => name.trim()) ?? [];
  } catch {
    // Quotes that are broken by one separator may be whole by another; where all fail, parsing says why.
    return [];
  }
}

function parseCsv(parse: Parse, text: string, file: string, separator: string): { record: string[]; line: number }[] {
  try {
    const rows = parse(text, { bom: true, delimiter: separator, info: true, skip_empty_lines: true });
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

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
