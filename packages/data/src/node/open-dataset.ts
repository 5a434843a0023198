import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Dataset } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { isImageName, isShardName } from "../files/image-names.ts";
import { refuseParts, refuseUnreadCsv } from "../files/misread-folder.ts";
import { isUnreadPhotograph } from "../files/unread-files.ts";
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
 * Throws a DataError: DATASET_MISSING where nothing is there, DATASET_UNKNOWN where it is none of these, CSV_UNREAD where a folder
 * of images has fewer than two classes and a CSV of another name; and what those throw.
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
  const { names, folders } = await lookInto(only);
  if (names.some(isImageName)) {
    const dataset = await folderDataset(only, options);
    refuseUnreadCsv(dataset, only, { csv, images });
    return dataset;
  }
  refuseParts(only, folders, (name) => join(only, name));
  const unread = names.filter(isUnreadPhotograph);
  const found = unread.length === 0 ? "" : ` (it holds ${unread.length} such as ${unread[0]}: convert them to JPEG)`;
  const message = `${only} is no data set: it needs ${csv} with ${images}/, or *.tfrec files, or one folder of JPEG, PNG or WebP images for each class${found}`;
  throw new DataError("DATASET_UNKNOWN", message, { file: only });
}

async function holdsShards(folder: string): Promise<boolean> {
  return (await kindOf(folder)) === "folder" && (await readdir(folder)).some(isShardName);
}

/** Names of the files in the folder and in the folders of it: deeper ones would not be a folder per class. Hidden ones are left out. */
async function lookInto(folder: string): Promise<{ readonly names: string[]; readonly folders: string[] }> {
  const names: string[] = [];
  const folders: string[] = [];
  for (const name of (await readdir(folder)).filter(isVisible)) {
    const path = join(folder, name);
    if ((await kindOf(path)) !== "folder") names.push(name);
    else {
      folders.push(name);
      names.push(...(await readdir(path)).filter(isVisible));
    }
  }
  return { names, folders };
}

const isVisible = (name: string): boolean => !name.startsWith(".");
