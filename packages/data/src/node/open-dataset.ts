import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Dataset } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { isImageName, isShardName } from "../files/image-names.ts";
import { type CsvDatasetOptions, csvDataset } from "./csv-dataset.ts";
import { type FolderDatasetOptions, folderDataset } from "./folder-dataset.ts";
import { kindOf, missing } from "./list-images.ts";
import { type TfrecordDatasetOptions, tfrecordDataset } from "./tfrecord-dataset.ts";

/** Options of whichever kind of data set is found; those of the other kinds do nothing. */
export interface OpenDatasetOptions extends CsvDatasetOptions, FolderDatasetOptions, TfrecordDatasetOptions {}

/**
 * Opens what lies at a path: the first of
 * 1. a TFRecord file, a glob, or several of them: {@link tfrecordDataset};
 * 2. a CSV file, or a folder with `train.csv` and `train_images/` (options `csv`, `images`): {@link csvDataset};
 * 3. a folder of TFRecord files, or one with `train_tfrecords/`: {@link tfrecordDataset};
 * 4. a folder of images, one subfolder for each class, or none: {@link folderDataset}.
 *
 * Throws a DataError: DATASET_MISSING where nothing is there, DATASET_UNKNOWN where it is none of these; and what those
 * throw.
 */
export async function openDataset(
  path: string | readonly string[],
  options: OpenDatasetOptions = {},
): Promise<Dataset> {
  const [only, ...others] = typeof path === "string" ? [path] : path;
  if (only === undefined)
    throw new DataError("DATASET_MISSING", "openDataset: no path was given: name a file or a folder");
  if (others.length > 0) return tfrecordDataset([only, ...others], options);

  const kind = await kindOf(only);
  if (kind === "nothing") {
    if (/[*?]/.test(only)) return tfrecordDataset(only, options);
    throw missing(only);
  }
  if (kind === "file") {
    if (/\.csv$/i.test(only)) return csvDataset(dirname(only), { ...options, csv: basename(only) });
    return tfrecordDataset(only, options);
  }
  const { csv = "train.csv", images = "train_images" } = options;
  if ((await kindOf(join(only, csv))) === "file" && (await kindOf(join(only, images))) === "folder") {
    return csvDataset(only, options);
  }
  for (const folder of [only, join(only, "train_tfrecords")]) {
    if (await holdsShards(folder)) return tfrecordDataset(folder, options);
  }
  if (await holdsImages(only)) return folderDataset(only, options);
  const message = `${only} is no data set: it needs ${csv} with ${images}/, or *.tfrec files, or one folder of JPEG, PNG or WebP images for each class`;
  throw new DataError("DATASET_UNKNOWN", message, { file: only });
}

async function holdsShards(folder: string): Promise<boolean> {
  return (await kindOf(folder)) === "folder" && (await readdir(folder)).some(isShardName);
}

/** Images in the folder, or in a folder of it: deeper ones would not be a folder per class. */
async function holdsImages(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => !entry.isDirectory() && isImageName(entry.name))) return true;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if ((await kindOf(path)) === "folder" && (await readdir(path)).some(isImageName)) return true;
  }
  return false;
}
