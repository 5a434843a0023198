import { MetricsError } from "../errors.ts";

/** Logs of the epochs of a run, in order, under Keras's keys. */
export type History = readonly Readonly<Record<string, number>>[];

/** Options of {@link readHistory}. */
export interface ReadHistoryOptions {
  /** Name of the file, for messages. */
  readonly file?: string;
}

/** What other loggers call Keras's keys. */
const ALIASES: Readonly<Record<string, string>> = {
  acc: "accuracy",
  categorical_accuracy: "accuracy",
  sparse_categorical_accuracy: "accuracy",
  train_acc: "accuracy",
  training_loss: "loss",
  training_accuracy: "accuracy",
  validation_loss: "val_loss",
  validation_accuracy: "val_accuracy",
  valid_loss: "val_loss",
  valid_accuracy: "val_accuracy",
  lr: "learning_rate",
};

const NUMBERS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-infinity": Number.NEGATIVE_INFINITY,
};

/**
 * Reads the log of a run: Keras's `history` as JSON (`{ "loss": [...], ... }`, also inside of a "history"), a list of logs, JSON lines, or
 * a CSV file with a header, as Keras's `CSVLogger` writes it. `acc`, `lr` and the like become Keras's names; NaN and infinities are kept;
 * what is not a number is left out, and so are the numbers of the epochs.
 *
 * @throws {MetricsError} `HISTORY_INVALID`: names the file and the line.
 */
export function readHistory(text: string, { file = "the log" }: ReadHistoryOptions = {}): History {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") throw invalid(file, "it is empty");
  const rows = /^[[{]/.test(trimmed) ? fromJson(trimmed, file) : fromCsv(trimmed, file);
  if (rows.length === 0) throw invalid(file, "it has no epoch");
  if (!rows.some((logs) => ["loss", "accuracy", "val_loss", "val_accuracy"].some((key) => key in logs))) {
    const keys = [...new Set(rows.flatMap(Object.keys))];
    throw invalid(
      file,
      `it has none of loss, accuracy, val_loss and val_accuracy${keys.length > 0 ? ` (but ${keys.join(", ")})` : ""}: rename its columns`,
    );
  }
  return rows;
}

function invalid(file: string, why: string, options: ErrorOptions & { readonly index?: number } = {}): MetricsError {
  return new MetricsError("HISTORY_INVALID", `${file} is no log of a training run: ${why}`, options);
}

/** As a number of the log, undefined for what is no number. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value === null) return Number.NaN;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const word = value.trim().toLowerCase();
  const number = NUMBERS[word] ?? Number(word);
  return Number.isNaN(number) && word !== "nan" ? undefined : number;
}

function named(entries: Iterable<readonly [string, unknown]>): Record<string, number> {
  const logs: Record<string, number> = {};
  for (const [key, value] of entries) {
    const plain = key.trim().toLowerCase().replaceAll(" ", "_");
    const bare = plain.replace(/^val_/, "");
    const known = ALIASES[bare] ?? bare;
    const name = ALIASES[plain] ?? (plain === bare ? known : `val_${known}`);
    const number = numberOf(value);
    if (number !== undefined && name !== "epoch") logs[name] = number;
  }
  return logs;
}

function fromJson(text: string, file: string): Record<string, number>[] {
  let whole: unknown;
  try {
    whole = parse(text);
  } catch (cause) {
    if (!text.includes("\n")) throw invalid(file, "it is neither JSON nor JSON lines", { cause });
    return fromLines(text, file);
  }
  const inner = isObject(whole) && "history" in whole ? whole.history : whole;
  if (Array.isArray(inner)) return inner.map((one) => named(Object.entries(logsOf(one, file))));
  if (!isObject(inner)) throw invalid(file, "it holds no object");
  const columns = Object.entries(inner).filter((column): column is [string, unknown[]] => Array.isArray(column[1]));
  if (columns.length === 0) return [named(Object.entries(logsOf(inner, file)))];
  const epochs = Math.max(...columns.map(([, values]) => values.length));
  return Array.from({ length: epochs }, (_, i) =>
    named(columns.flatMap(([key, values]) => (i < values.length ? [[key, values[i]] as const] : []))),
  );
}

function fromLines(text: string, file: string): Record<string, number>[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [named(Object.entries(logsOf(parse(line), file)))];
    } catch (cause) {
      throw invalid(file, `line ${i + 1} is not a JSON object`, { cause, index: i });
    }
  });
}

/** JSON as Python writes it: NaN and Infinity are no JSON, but common. */
function parse(text: string): unknown {
  return JSON.parse(text.replace(/(?<=[:,[]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g, '"$1"'));
}

function logsOf(value: unknown, file: string): Record<string, unknown> {
  if (!isObject(value)) throw invalid(file, "an epoch is no object");
  return isObject(value.logs) ? value.logs : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fromCsv(text: string, file: string): Record<string, number>[] {
  const [header = "", ...lines] = text.split(/\r?\n/);
  const separator = [",", ";", "\t"].find((one) => header.includes(one)) ?? ",";
  const cells = (line: string) => line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const keys = cells(header);
  if (keys.every((key) => numberOf(key) !== undefined)) {
    throw invalid(file, "its first line has no names, such as epoch,loss,accuracy,val_loss,val_accuracy", { index: 0 });
  }
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    const values = cells(line);
    if (values.length !== keys.length) {
      throw invalid(file, `line ${i + 2} has ${values.length} cells where the header has ${keys.length}`, {
        index: i + 1,
      });
    }
    return [named(keys.map((key, k) => [key, values[k]] as const))];
  });
}
