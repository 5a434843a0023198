import type { Dataset } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { partNames } from "./parts.ts";
import { checkRatios } from "./ratios.ts";
import { partCounts, type Split } from "./split.ts";

/** The split as JSON text, one id a line so that versions can be compared; ends with a newline. */
export function serializeSplit(split: Split): string {
  return `${JSON.stringify(split, undefined, 1)}\n`;
}

/** Where a split comes from. */
export interface ParseSplitOptions {
  /** Name of the file, for messages. Default "split". */
  readonly file?: string;
}

/**
 * Reads what {@link serializeSplit} wrote. Throws a DataError (SPLIT_INVALID) for text that is not JSON, an unknown
 * version, a field of the wrong type, or an id that occurs twice.
 */
export function parseSplit(json: string, { file = "split" }: ParseSplitOptions = {}): Split {
  const invalid = (what: string, cause?: unknown): DataError =>
    new DataError("SPLIT_INVALID", `${file}: ${what}: write it again with serializeSplit (cassava split)`, {
      file,
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw invalid("not JSON", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("not a JSON object");
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields.version !== 1) throw invalid(`version is ${JSON.stringify(fields.version)}, this reader knows 1`);
  const { seed, stratify, ratios, counts, cramersV } = fields;
  if (typeof seed !== "number") throw invalid("seed is not a number");
  if (typeof stratify !== "boolean") throw invalid("stratify is not true or false");
  if (typeof cramersV !== "number") throw invalid("cramersV is not a number");
  if (!isListOf(ratios, "number")) throw invalid("ratios is not a list of numbers");
  try {
    checkRatios(ratios);
  } catch (cause) {
    throw invalid("ratios are not two or three shares that add up to 1", cause);
  }
  const seen = new Set<string>();
  const [train, validation, test] = partNames.map((name) => {
    const ids = fields[name];
    if (!isListOf(ids, "string")) throw invalid(`${name} is not a list of ids`);
    for (const id of ids) {
      if (seen.has(id)) throw invalid(`the id "${id}" occurs twice, the second time in ${name}`);
      seen.add(id);
    }
    return ids;
  });
  const [inTrain, inValidation, inTest] = partNames.map((name) => {
    const row = typeof counts === "object" && counts !== null ? (counts as Record<string, unknown>)[name] : undefined;
    if (!isListOf(row, "number")) throw invalid(`counts.${name} is not a list of numbers`);
    return row;
  });
  const { fold, by, warnings } = fields;
  if (fold !== undefined && !isFold(fold)) throw invalid("fold is not { index, of }");
  if (by !== undefined && by !== "shard") throw invalid('by is not "shard"');
  if (warnings !== undefined && !isListOf(warnings, "string")) throw invalid("warnings is not a list of texts");
  return {
    version: 1,
    seed,
    ratios,
    stratify,
    train: train!,
    validation: validation!,
    test: test!,
    counts: { train: inTrain!, validation: inValidation!, test: inTest! },
    cramersV,
    ...(fold !== undefined && { fold: { index: fold.index, of: fold.of } }),
    ...(by !== undefined && { by }),
    ...(warnings !== undefined && { warnings }),
  };
}

function isFold(value: unknown): value is NonNullable<Split["fold"]> {
  if (typeof value !== "object" || value === null) return false;
  const { index, of } = value as Readonly<Record<string, unknown>>;
  return Number.isInteger(index) && Number.isInteger(of) && Number(index) >= 0 && Number(index) < Number(of);
}

/** What {@link checkSplit} found. */
export interface SplitCheck {
  /** Labelled images of the data set that are in no part of the split, sorted as in the data set. */
  readonly leftover: readonly string[];
  /** The split with its class counts taken from the labels of this data set: they may have been corrected since it was made. */
  readonly split: Split;
}

/**
 * Checks that a split fits a data set: every id is there and labelled. Throws a DataError (SPLIT_MISMATCH) otherwise,
 * naming up to three of the ids. Labelled images that the split does not know are no error, they are returned.
 */
export function checkSplit(split: Split, dataset: Pick<Dataset, "entries" | "classes">): SplitCheck {
  const labelled = new Map<string, number>();
  for (const { id, label } of dataset.entries) if (label !== undefined) labelled.set(id, label);
  const known = new Set(dataset.entries.map(({ id }) => id));
  const ids = [...split.train, ...split.validation, ...split.test];
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0) throw mismatch(missing, "not in the data set");
  const unlabelled = ids.filter((id) => !labelled.has(id));
  if (unlabelled.length > 0) throw mismatch(unlabelled, "without a label in the data set");
  const used = new Set(ids);
  return {
    leftover: [...labelled.keys()].filter((id) => !used.has(id)),
    split: { ...split, ...partCounts(split, labelled, dataset.classes.length) },
  };
}

function mismatch(ids: readonly string[], what: string): DataError {
  const names = ids.slice(0, 3).join(", ") + (ids.length > 3 ? ", …" : "");
  const message = `the split names ${ids.length} images that are ${what} (${names}): use the split of this data set, or split again`;
  return new DataError("SPLIT_MISMATCH", message, { id: ids[0]! });
}

function isListOf(value: unknown, type: "number"): value is number[];
function isListOf(value: unknown, type: "string"): value is string[];
function isListOf(value: unknown, type: "number" | "string"): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}
