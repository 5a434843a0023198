import type { ClassInfo } from "@cassava/contracts";
import { DataError } from "./errors.ts";

/** Name of the competition's file of class names, `{"0": "Cassava Bacterial Blight (CBB)", …}`. */
export const labelMapName = "label_num_to_disease_map.json";

/**
 * Reads a label map, `{"0": "name", "1": "name", …}`, whose keys are the class indices 0 … n-1 in any order.
 * Throws a DataError (LABEL_MAP_INVALID).
 */
export function parseLabelMap(json: string, { file = labelMapName }: { readonly file?: string } = {}): ClassInfo[] {
  const invalid = (cause?: unknown): DataError => {
    const message = `${file} is not a label map: write {"0": "first class", "1": "second class", …}, without gaps or equal names`;
    return new DataError("LABEL_MAP_INVALID", message, { file, cause });
  };
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw invalid(cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid();
  const map = new Map(Object.entries(value));
  const classes = Array.from({ length: map.size }, (_, index): ClassInfo => {
    const name: unknown = map.get(String(index));
    if (typeof name !== "string" || name === "") throw invalid();
    return { index, name };
  });
  if (classes.length === 0 || new Set(classes.map(({ name }) => name)).size < classes.length) throw invalid();
  return classes;
}

/** The label map of `classes` as JSON text; ends with a newline. */
export function serializeLabelMap(classes: readonly ClassInfo[]): string {
  return `${JSON.stringify(Object.fromEntries(classes.map(({ index, name }) => [String(index), name])))}\n`;
}

/**
 * Classes from their names, in the order of their indices. Throws a DataError (OPTION_INVALID) where there is none, or two
 * have one name.
 */
export function classList(classes: readonly (string | ClassInfo)[]): ClassInfo[] {
  const infos = classes.map(
    (value, index): ClassInfo => ({ index, name: typeof value === "string" ? value : value.name }),
  );
  if (infos.length > 0 && new Set(infos.map(({ name }) => name)).size === infos.length) return infos;
  const message = `classes [${infos.map(({ name }) => `"${name}"`).join(", ")}]: name each class once, in the order of their indices`;
  throw new DataError("OPTION_INVALID", message);
}

/** A label as a file states it, and where. */
export interface StatedLabel {
  /** A class index ("3", 3) or a class name; absent where unlabelled. */
  readonly label?: string | number;
  readonly id: string;
  readonly file: string;
  readonly line?: number;
  readonly record?: number;
}

/** Without a label map, an index beyond this is taken for a mistake rather than for that many classes. */
const mostUnnamedClasses = 10_000;

/**
 * Classes of a data set and the class index of each stated label. With a map, labels are its indices or its names.
 * Without one, integers are indices, named "0", "1", …, up to the largest; anything else makes the sorted distinct
 * labels the class names. Throws a DataError (LABEL_UNKNOWN) for a label outside the map, naming file and line or
 * record.
 */
export function resolveLabels(
  stated: readonly StatedLabel[],
  map: readonly ClassInfo[] | undefined,
): { classes: readonly ClassInfo[]; labels: (number | undefined)[] } {
  const given = stated.filter(({ label }) => label !== undefined);
  const classes = map ?? classesFrom(given);
  const byText = new Map<string, number>();
  for (const { index, name } of classes) byText.set(name, index);
  // Indices last: where a class is named after another's index, the index is meant.
  if (map !== undefined || given.every(isIndex)) for (const { index } of classes) byText.set(String(index), index);
  const labels = stated.map((one) => {
    if (one.label === undefined) return undefined;
    const index = byText.get(isIndex(one) ? String(Number(one.label)) : String(one.label));
    if (index === undefined) throw unknownLabel(one, classes.length);
    return index;
  });
  return { classes, labels };
}

function classesFrom(given: readonly StatedLabel[]): ClassInfo[] {
  if (given.every(isIndex)) {
    let largest = -1;
    for (const one of given) {
      largest = Math.max(largest, Number(one.label));
      if (largest >= mostUnnamedClasses) throw unknownLabel(one, mostUnnamedClasses);
    }
    return Array.from({ length: largest + 1 }, (_, index) => ({ index, name: String(index) }));
  }
  // Among numbers only, one that is no index is a slip of the pen, not the name of a class.
  const slip = given.every(({ label }) => Number.isFinite(Number(label))) && given.find((one) => !isIndex(one));
  if (slip) throw notAnIndex(slip);
  const names = [...new Set(given.map(({ label }) => String(label)))].sort();
  return names.map((name, index) => ({ index, name }));
}

function isIndex({ label }: StatedLabel): boolean {
  return typeof label === "number" ? Number.isInteger(label) && label >= 0 : /^\d+$/.test(label ?? "");
}

function unknownLabel(stated: StatedLabel, classes: number): DataError {
  return refused(stated, `is none of the ${classes} classes: correct it, or add the class to ${labelMapName}`);
}

function notAnIndex(stated: StatedLabel): DataError {
  return refused(stated, `is no class index: number the classes from 0, or name them all in ${labelMapName}`);
}

function refused({ label, id, file, line, record }: StatedLabel, why: string): DataError {
  const place = line !== undefined ? ` line ${line}` : record !== undefined ? ` record ${record}` : "";
  const message = `${file}${place}: the label "${label}" of "${id}" ${why}`;
  return new DataError("LABEL_UNKNOWN", message, {
    file,
    id,
    ...(line !== undefined && { line }),
    ...(record !== undefined && { record }),
  });
}
