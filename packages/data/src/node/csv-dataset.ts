import { join, relative } from "node:path";
import type { Dataset, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { parseLabelCsv } from "../label-csv.ts";
import { resolveLabels, type StatedLabel } from "../labels.ts";
import { fileDataset } from "./file-dataset.ts";
import { keepFirst } from "./keep-first.ts";
import { findLabelMap, readText } from "./label-map-file.ts";
import { isImageName, kindOf, listFiles, missing } from "./list-images.ts";

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
}

/**
 * A CSV of names and labels beside a folder of images; a row's name is the path of its image from that folder. Classes
 * come from the label map beside the CSV or one folder up, else from the labels. Rows without image, images without row
 * and rows that repeat another go to `problems`.
 *
 * Throws a DataError: DATASET_MISSING, CSV_EMPTY, CSV_COLUMN, CSV_INVALID, NO_IMAGES where no row has its image,
 * LABEL_UNKNOWN, LABEL_CONFLICT where two rows of one image disagree, LABEL_MAP_INVALID.
 */
export async function csvDataset(folder: string, options: CsvDatasetOptions = {}): Promise<Dataset> {
  const { csv = "train.csv", images = "train_images", idColumn = "image_id", labelColumn = "label" } = options;
  if ((await kindOf(folder)) !== "folder") throw missing(folder);
  const file = join(folder, csv);
  const imageFolder = join(folder, images);
  const rows = await parseLabelCsv(await readText(file), { file, idColumn, labelColumn });
  const stated = rows.map((row): StatedLabel => ({ ...row, file }));
  const { classes, labels } = resolveLabels(stated, await findLabelMap(folder));
  const { kept, problems } = keepFirst(stated.map((row, at) => ({ ...row, index: labels[at] })));

  const there = await listFiles(imageFolder);
  const present = new Set(there);
  const named = new Set(kept.map(({ id }) => id));
  const entries: DatasetEntry[] = [];
  const withoutImage: DatasetProblem[] = [];
  for (const { id, line, index } of kept) {
    if (present.has(id)) {
      entries.push({ id, ...(index !== undefined && { label: index }), file: join(imageFolder, id) });
      continue;
    }
    const message = `${file} line ${line}: the image "${id}" is not in ${imageFolder}`;
    withoutImage.push({ kind: "row-without-image", id, file, message });
  }
  if (entries.length === 0) {
    const message = `none of the ${kept.length} images that ${file} names is in ${imageFolder} (the first is "${kept[0]!.id}"): name the folder with images, or write the names as the files have them`;
    throw new DataError("NO_IMAGES", message, { file });
  }
  const withoutRow = there
    .filter((id) => isImageName(id) && !named.has(id))
    .map((id): DatasetProblem => {
      const image = join(imageFolder, id);
      return {
        kind: "image-without-row",
        id,
        file: image,
        message: `${image} has no row in ${relative(folder, file)}`,
      };
    });
  return fileDataset(classes, entries, [...problems, ...withoutImage, ...withoutRow]);
}
