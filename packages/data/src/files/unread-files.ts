import type { DatasetProblem } from "@cassava/contracts";
import { labelMapName } from "../labels.ts";
import { isImageName } from "./image-names.ts";

/** Photographs in formats that no decoder of this package reads. */
const photograph = /\.(heic|heif|avif|tiff?|gif|bmp|jp2|jxl|dng|cr[23]|nef|arw|raf|orf|rw2)$/i;

/** True where the name says that it is a photograph which has to be converted first. */
export const isUnreadPhotograph = (name: string): boolean => photograph.test(name);

/** Files among the images that are passed over, as {@link unreadFiles} counts them. */
export interface UnreadFiles {
  readonly count: number;
  /** Their paths within the data set. */
  readonly ids: readonly string[];
  /** Files of each extension, in lower case (".heic"; "(none)" without one), the most frequent first. */
  readonly extensions: Readonly<Record<string, number>>;
  /** How many are photographs in another format than JPEG, PNG or WebP: convert them to JPEG, and they are read. */
  readonly photographs: number;
}

/** Counts the files that a data set found among its images and does not read: those of `dataset.problems`. */
export function unreadFiles(problems: readonly DatasetProblem[]): UnreadFiles {
  const ids = problems.filter(({ kind }) => kind === "unread-file").map(({ id }) => id);
  const counts = new Map<string, number>();
  for (const id of ids) {
    const extension = extensionOf(id);
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const extensions = Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
  return { count: ids.length, ids, extensions, photographs: ids.filter(isUnreadPhotograph).length };
}

/** A problem for each of `present`, files of a folder of images, that is no image; the label map is none. */
export function unreadProblems(present: readonly string[], pathOf: (name: string) => string): DatasetProblem[] {
  return present
    .filter((id) => !isImageName(id) && id !== labelMapName)
    .map((id): DatasetProblem => {
      const file = pathOf(id);
      const remedy = isUnreadPhotograph(id) ? ": convert it to JPEG" : "";
      return {
        kind: "unread-file",
        id,
        file,
        message: `${file} is no JPEG, PNG or WebP by its name, and not read${remedy}`,
      };
    });
}

function extensionOf(path: string): string {
  return /[^/](\.[^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "(none)";
}
