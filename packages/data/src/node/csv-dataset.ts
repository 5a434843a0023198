import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClassInfo, Dataset } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { csvContent } from "../files/csv-content.ts";
import { fileDataset } from "../files/file-dataset.ts";
import { classList } from "../labels.ts";
import { findLabelMap, readText } from "./label-map-file.ts";
import { kindOf, listFiles, missing } from "./list-images.ts";
import { plainBytes } from "./plain-bytes.ts";

/** Where {@link csvDataset} finds rows and images. */
export interface CsvDatasetOptions {
  /** The label file, from the folder. Default "train.csv". */
  readonly csv?: string;
  /** The folder of the images, from the folder. Default "train_images". */
  readonly images?: string;
  /** Column of the image names. Default "image_id". */
  readonly idColumn?: string;
  /** Column of the labels. Default "label". An empty cell makes an unlabelled image. */
  readonly labelColumn?: string;
  /** Class names in the order of their indices, in place of a label map beside the CSV. */
  readonly classes?: readonly (string | ClassInfo)[];
}

/**
 * A CSV of names and labels beside a folder of images; a row's name is the path of its image from that folder. Classes
 * are `classes`, else come from the label map beside the CSV or one folder up, else from the labels. Rows without image,
 * images without row, rows that repeat another and files that are no images go to `problems`.
 *
 * Throws a DataError: DATASET_MISSING, CSV_EMPTY, CSV_COLUMN, CSV_INVALID, NO_IMAGES where no row has its image,
 * LABEL_UNKNOWN, LABEL_CONFLICT where two rows of one image disagree, LABEL_MAP_INVALID, OPTION_INVALID.
 */
export async function csvDataset(folder: string, options: CsvDatasetOptions = {}): Promise<Dataset> {
  const { csv = "train.csv", images = "train_images", idColumn = "image_id", labelColumn = "label", classes } = options;
  if ((await kindOf(folder)) !== "folder") throw missing(folder);
  const file = join(folder, csv);
  const imageFolder = join(folder, images);
  const text = await readText(file);
  if ((await kindOf(imageFolder)) !== "folder") {
    const message = `${imageFolder} is not there: call the folder with the images of ${file} ${images}, beside it`;
    throw new DataError("DATASET_MISSING", message, { file: imageFolder });
  }
  const content = await csvContent({
    file,
    text,
    idColumn,
    labelColumn,
    map: classes === undefined ? await findLabelMap(folder) : classList(classes),
    imageFolder,
    present: await listFiles(imageFolder),
    pathOf: (name) => join(imageFolder, name),
  });
  return fileDataset(content, async (entry) => plainBytes(await readFile(entry.file)));
}
