import { join } from "node:path";
import type { Dataset, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { resolveLabels, type StatedLabel } from "../labels.ts";
import { fileDataset } from "./file-dataset.ts";
import { findLabelMap } from "./label-map-file.ts";
import { isImageName, kindOf, listFiles, missing } from "./list-images.ts";

/**
 * A folder with one subfolder for each class; the id of an image is its path from the folder, "healthy/12.jpg". Classes
 * are the subfolders that hold an image, sorted; with a label map in the folder or one folder up, its classes, and the
 * subfolders have its names or indices. Images in no class folder go to `problems`. A folder of images without any
 * subfolder is a data set without labels: what `predict` takes.
 *
 * Throws a DataError: DATASET_MISSING, NO_IMAGES, LABEL_UNKNOWN for a subfolder that the label map does not have,
 * LABEL_MAP_INVALID.
 */
export async function folderDataset(folder: string): Promise<Dataset> {
  if ((await kindOf(folder)) !== "folder") throw missing(folder);
  const ids = (await listFiles(folder)).filter(isImageName);
  if (ids.length === 0) {
    const message = `${folder} holds no JPEG, PNG or WebP image: put the images of each class into a folder of its name`;
    throw new DataError("NO_IMAGES", message, { file: folder });
  }
  const inClass = ids.filter((id) => id.includes("/"));
  const map = await findLabelMap(folder);
  if (inClass.length === 0) {
    return fileDataset(
      map ?? [],
      ids.map((id): DatasetEntry => ({ id, file: join(folder, id) })),
      [],
    );
  }
  const classNames = inClass.map((id) => id.slice(0, id.indexOf("/")));
  const numeric = classNames.every((name) => /^\d+$/.test(name));
  const stated = inClass.map(
    (id, at): StatedLabel => ({ id, label: classNames[at]!, file: join(folder, classNames[at]!) }),
  );
  // Without a map a folder "3" is a class of this name like any other: its position among the folders is its index.
  const names = [...new Set(classNames)].sort(numeric ? (a, b) => Number(a) - Number(b) : undefined);
  const { classes, labels } =
    map === undefined
      ? {
          classes: names.map((name, index) => ({ index, name })),
          labels: classNames.map((name) => names.indexOf(name)),
        }
      : resolveLabels(stated, map);
  const entries = inClass.map((id, at): DatasetEntry => ({ id, label: labels[at]!, file: join(folder, id) }));
  const problems = ids
    .filter((id) => !id.includes("/"))
    .map((id): DatasetProblem => {
      const file = join(folder, id);
      return { kind: "image-without-row", id, file, message: `${file} is in no class folder` };
    });
  return fileDataset(classes, entries, problems);
}
