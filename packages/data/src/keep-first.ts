import type { DatasetProblem } from "@cassava/contracts";
import { DataError } from "./errors.ts";

/** A stated label that was resolved to its class index. */
export interface ResolvedLabel {
  readonly id: string;
  readonly file: string;
  readonly line?: number;
  readonly record?: number;
  /** Class index; absent where unlabelled. */
  readonly index?: number | undefined;
}

/**
 * Keeps the first of each id and reports the others as problems. Throws a DataError (LABEL_CONFLICT), naming both
 * places, where two of one id have different labels: no rule could say which one is right.
 */
export function keepFirst<T extends ResolvedLabel>(all: readonly T[]): { kept: T[]; problems: DatasetProblem[] } {
  const first = new Map<string, T>();
  const problems: DatasetProblem[] = [];
  for (const one of all) {
    const earlier = first.get(one.id);
    if (earlier === undefined) {
      first.set(one.id, one);
      continue;
    }
    const { id, file, line, record } = one;
    if (earlier.index !== one.index) {
      const message = `${place(one)}: "${id}" has the label ${one.index ?? "(none)"}, but ${earlier.index ?? "(none)"} in ${place(earlier)}: remove the wrong one`;
      throw new DataError("LABEL_CONFLICT", message, {
        file,
        id,
        ...(line !== undefined && { line }),
        ...(record !== undefined && { record }),
      });
    }
    const message = `${place(one)}: "${id}" was there already in ${place(earlier)}, with the same label; the first is kept`;
    problems.push({ kind: "duplicate-id", id, file, message });
  }
  return { kept: [...first.values()], problems };
}

function place({ file, line, record }: ResolvedLabel): string {
  if (line !== undefined) return `${file} line ${line}`;
  return record !== undefined ? `${file} record ${record}` : file;
}
