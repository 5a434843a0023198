import { dirname } from "node:path";
import { isTFRecordError } from "@cassava/tfrecord";
import { expandPaths } from "@cassava/tfrecord/node";
import { DataError, isDataError, reasonOf } from "../errors.ts";
import { isImageName } from "../files/image-names.ts";
import { kindOf } from "./list-images.ts";

/** Why a folder of photographs is refused beside other paths. */
const oneFolder = "only TFRecord files and folders of them can be several; photographs come from one folder";

/**
 * The TFRecord files that paths, folders and globs name. Throws a DataError: DATASET_MISSING where one names none,
 * DATASET_UNKNOWN where it names a photograph.
 */
export async function shardFiles(patterns: string | readonly string[]): Promise<string[]> {
  const given = [patterns].flat();
  const paths = await expandPaths(given).catch(async (cause: unknown) => {
    throw await noFiles(cause, given);
  });
  const photograph = paths.find(isImageName);
  if (photograph === undefined) return paths;
  const message = `${photograph} is a photograph by its name, not a TFRecord file: pass its folder, ${dirname(photograph)}, or the one that has a folder for each class`;
  throw new DataError("DATASET_UNKNOWN", message, { file: photograph });
}

async function noFiles(cause: unknown, given: readonly string[]): Promise<unknown> {
  if (isDataError(cause)) return cause;
  const file = isTFRecordError(cause) ? cause.file : undefined;
  const several = file !== undefined && given.length > 1 && (await kindOf(file)) === "folder";
  const message = several
    ? `${file} is one of ${given.length} paths and holds no TFRecord file: ${oneFolder}: pass ${file} alone`
    : `no TFRecord file is at ${file ?? given.join(", ")} (${reasonOf(cause)})`;
  return new DataError("DATASET_MISSING", message, { ...(file !== undefined && { file }), cause });
}
