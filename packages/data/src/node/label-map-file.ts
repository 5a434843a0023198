import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ClassInfo } from "@cassava/contracts";
import { labelMapName, parseLabelMap } from "../labels.ts";
import { kindOf, missing } from "./list-images.ts";

/**
 * The classes of the label map in `folder` or, where there is none, one folder up; undefined where neither has one.
 * Throws a DataError (LABEL_MAP_INVALID).
 */
export async function findLabelMap(folder: string): Promise<ClassInfo[] | undefined> {
  for (const place of [resolve(folder), dirname(resolve(folder))]) {
    const file = join(place, labelMapName);
    if ((await kindOf(file)) === "file") return parseLabelMap(await readText(file), { file });
  }
  return undefined;
}

/** A text file. Throws a DataError (DATASET_MISSING). */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw missing(file, cause);
  }
}
