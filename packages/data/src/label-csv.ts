import { DataError, reasonOf } from "./errors.ts";

/** One row of a label file. */
export interface LabelRow {
  readonly id: string;
  /** The label's cell, without surrounding spaces; absent where the cell is empty. */
  readonly label?: string;
  /** Line of the file that the row ends on, from 1. */
  readonly line: number;
}

/** Where the columns are. */
export interface LabelCsvOptions {
  /** Name of the file, for messages. Default "labels.csv". */
  readonly file?: string;
  /** Column of the image names. Default "image_id". */
  readonly idColumn?: string;
  /** Column of the labels. Default "label". */
  readonly labelColumn?: string;
}

/**
 * Reads a CSV of image names and labels (RFC 4180: quotes, CRLF or LF; a byte order mark is skipped). Blank lines are
 * skipped, further columns ignored. Throws a DataError: CSV_EMPTY without a single row, CSV_COLUMN where a column is
 * missing, CSV_INVALID for broken quotes, a row of another length than the header, or an empty image name.
 */
export async function parseLabelCsv(text: string, options: LabelCsvOptions = {}): Promise<LabelRow[]> {
  const { file = "labels.csv", idColumn = "image_id", labelColumn = "label" } = options;
  const table = await parseCsv(text, file);
  const header = table[0]?.record.map((name) => name.trim());
  if (header === undefined || table.length === 1) {
    const message = `${file} has no rows: write a header "${idColumn},${labelColumn}" and one row for each image`;
    throw new DataError("CSV_EMPTY", message, { file });
  }
  const columnOf = (name: string): number => {
    const at = header.indexOf(name);
    if (at >= 0) return at;
    const message = `${file} has no column "${name}" (it has ${header.map((other) => `"${other}"`).join(", ")}): rename its columns (or name them with idColumn and labelColumn)`;
    throw new DataError("CSV_COLUMN", message, { file, line: 1 });
  };
  const idAt = columnOf(idColumn);
  const labelAt = columnOf(labelColumn);
  return table.slice(1).map(({ record, line }) => {
    const id = record[idAt]!.trim();
    const label = record[labelAt]!.trim();
    if (id === "") {
      const message = `${file} line ${line}: the cell of "${idColumn}" is empty: write the image's name`;
      throw new DataError("CSV_INVALID", message, { file, line });
    }
    return label === "" ? { id, line } : { id, label, line };
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
