import { parseCsvTable } from "./csv-table.ts";

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
 * Reads a CSV of image names and labels (RFC 4180: quotes, CRLF or LF; a byte order mark is skipped). Cells are separated by commas,
 * or by semicolons or tabs, whichever gives the header its columns. Blank lines are skipped, further columns ignored. Columns of other
 * names are named in the options, or renamed in the file. Throws a DataError: CSV_EMPTY without a single row, CSV_COLUMN where a column is
 * missing, CSV_INVALID for broken quotes, a row of another length than the header, or an empty image name.
 */
export async function parseLabelCsv(text: string, options: LabelCsvOptions = {}): Promise<LabelRow[]> {
  const { file = "labels.csv", idColumn = "image_id", labelColumn = "label" } = options;
  const rows = await parseCsvTable(text, file, [idColumn, labelColumn]);
  return rows.map(({ cells, line }) => {
    const [id, label] = cells as [string, string];
    return label === "" ? { id, line } : { id, label, line };
  });
}
