import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClassInfo, Dataset } from "@cassava/contracts";
import { fileDataset } from "../files/file-dataset.ts";
import { folderContent } from "../files/folder-content.ts";
import { classList } from "../labels.ts";
import { findLabelMap } from "./label-map-file.ts";
import { kindOf, listFiles, missing } from "./list-images.ts";
import { plainBytes } from "./plain-bytes.ts";

/** What {@link folderDataset} is told beside the folder. */
export interface FolderDatasetOptions {
  /** Class names in the order of their indices, in place of a label map; subfolders have these names, or the indices. */
  readonly classes?: readonly (string | ClassInfo)[];
}

/**
 * A folder with one subfolder for each class; the id of an image is its path from the folder, "healthy/12.jpg". Classes
 * are the subfolders that hold an image, sorted; with a label map in the folder or one folder up (or `classes`), its
 * classes, and the subfolders have its names or indices. Images in no class folder and files that are no images go to
 * `problems`. A folder of images without any subfolder is a data set without labels: what `predict` takes.
 *
 * Throws a DataError: DATASET_MISSING, NO_IMAGES, DATASET_PARTS for subfolders that are parts of a split, LABEL_UNKNOWN for a
 * subfolder that the label map does not have, LABEL_MAP_INVALID, OPTION_INVALID.
 */
export async function folderDataset(folder: string, { classes }: FolderDatasetOptions = {}): Promise<Dataset> {
  if ((await kindOf(folder)) !== "folder") throw missing(folder);
  const content = folderContent({
    folder,
    present: await listFiles(folder),
    map: classes === undefined ? await findLabelMap(folder) : classList(classes),
    pathOf: (name) => join(folder, name),
  });
  return fileDataset(content, async (entry) => plainBytes(await readFile(entry.file)));
}
