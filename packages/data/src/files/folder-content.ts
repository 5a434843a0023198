import type { ClassInfo, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { resolveLabels, type StatedLabel } from "../labels.ts";
import type { FileDatasetContent } from "./file-dataset.ts";
import { isImageName } from "./image-names.ts";
import { refuseParts } from "./misread-folder.ts";
import { unreadProblems } from "./unread-files.ts";

/** The files below a folder. */
export interface FolderContentOptions {
  /** Path of the folder, for messages. */
  readonly folder: string;
  /** Files at any depth, as paths from the folder with "/", in order. */
  readonly present: readonly string[];
  /** Classes of the label map; undefined where there is none. */
  readonly map: readonly ClassInfo[] | undefined;
  /** The whole path of a file or of a folder in it. */
  readonly pathOf: (name: string) => string;
}

/**
 * Images by the name of their folder; other files go to `problems`. Throws a DataError: NO_IMAGES; DATASET_PARTS; LABEL_UNKNOWN
 * for a subfolder that the label map does not have.
 */
export function folderContent({ folder, present, map, pathOf }: FolderContentOptions): FileDatasetContent {
  const ids = present.filter(isImageName);
  if (ids.length === 0) {
    const message = `${folder} holds no JPEG, PNG or WebP image: put the images of each class into a folder of its name`;
    throw new DataError("NO_IMAGES", message, { file: folder });
  }
  const unread = unreadProblems(present, pathOf);
  const inClass = ids.filter((id) => id.includes("/"));
  if (inClass.length === 0) {
    return { classes: map ?? [], entries: ids.map((id): DatasetEntry => ({ id, file: pathOf(id) })), problems: unread };
  }
  if (map === undefined) refuseParts(folder, [...new Set(inClass.map(folderOf))], pathOf);
  const { classes, labels } = classesOf(inClass, map, pathOf);
  const entries = inClass.map((id, at): DatasetEntry => ({ id, label: labels[at]!, file: pathOf(id) }));
  const problems = ids
    .filter((id) => !id.includes("/"))
    .map((id): DatasetProblem => {
      const file = pathOf(id);
      return { kind: "image-without-row", id, file, message: `${file} is in no class folder` };
    });
  return { classes, entries, problems: [...problems, ...unread] };
}

/** Without a map a folder "3" is a class of this name like any other: its position among the folders is its index. */
function classesOf(
  ids: readonly string[],
  map: readonly ClassInfo[] | undefined,
  pathOf: (name: string) => string,
): { classes: readonly ClassInfo[]; labels: readonly (number | undefined)[] } {
  const folders = ids.map(folderOf);
  if (map !== undefined) {
    return resolveLabels(
      ids.map((id, at): StatedLabel => ({ id, label: folders[at]!, file: pathOf(folders[at]!) })),
      map,
    );
  }
  const numeric = folders.every((name) => /^\d+$/.test(name));
  const names = [...new Set(folders)].sort(numeric ? (a, b) => Number(a) - Number(b) : undefined);
  const index = new Map(names.map((name, at) => [name, at]));
  return {
    classes: names.map((name, at) => ({ index: at, name })),
    labels: folders.map((name) => index.get(name)),
  };
}

/** "a" of "a/b/c.jpg". */
const folderOf = (id: string): string => id.slice(0, id.indexOf("/"));
