import type { ClassInfo, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import { DataError } from "../errors.ts";
import { keepFirst } from "../keep-first.ts";
import { parseLabelCsv } from "../label-csv.ts";
import { resolveLabels, type StatedLabel } from "../labels.ts";
import type { FileDatasetContent } from "./file-dataset.ts";
import { isImageName } from "./image-names.ts";
import { unreadProblems } from "./unread-files.ts";

/** A CSV, and the files that lie where its images should. */
export interface CsvContentOptions {
  /** Path or address of the CSV, for messages. */
  readonly file: string;
  readonly text: string;
  readonly idColumn: string;
  readonly labelColumn: string;
  /** Classes of the label map; undefined where there is none. */
  readonly map: readonly ClassInfo[] | undefined;
  /** Where the images are, for messages. */
  readonly imageFolder: string;
  /** Files there, as paths from that folder, in order. */
  readonly present: readonly string[];
  /** The whole path of one of them. */
  readonly pathOf: (name: string) => string;
}

/**
 * Joins rows and images by name. Rows without image, images without row, rows that repeat another and files that are no images
 * go to `problems`. Throws a DataError: CSV_EMPTY, CSV_COLUMN, CSV_INVALID, NO_IMAGES where no row has its image, LABEL_UNKNOWN,
 * LABEL_CONFLICT.
 */
export async function csvContent(options: CsvContentOptions): Promise<FileDatasetContent> {
  const { file, text, idColumn, labelColumn, map, imageFolder, present, pathOf } = options;
  const rows = await parseLabelCsv(text, { file, idColumn, labelColumn });
  const stated = rows.map((row): StatedLabel => ({ ...row, file }));
  const { classes, labels } = resolveLabels(stated, map);
  const { kept, problems } = keepFirst(stated.map((row, at) => ({ ...row, index: labels[at] })));

  const there = new Set(present);
  const named = new Set(kept.map(({ id }) => id));
  const entries: DatasetEntry[] = [];
  const withoutImage: DatasetProblem[] = [];
  for (const { id, line, index } of kept) {
    if (there.has(id)) {
      entries.push({ id, ...(index !== undefined && { label: index }), file: pathOf(id) });
      continue;
    }
    const message = `${file} line ${line}: the image "${id}" is not in ${imageFolder}`;
    withoutImage.push({ kind: "row-without-image", id, file, message });
  }
  if (entries.length === 0) {
    const found = present.length === 0 ? ", the folder is empty" : `, the first file there "${present[0]}"`;
    const message = `none of the ${kept.length} images that ${file} names is in ${imageFolder} (the first is "${kept[0]!.id}"${found}): write the names as the files have them, with their endings`;
    throw new DataError("NO_IMAGES", message, { file });
  }
  const withoutRow = present
    .filter((id) => isImageName(id) && !named.has(id))
    .map((id): DatasetProblem => {
      const image = pathOf(id);
      return { kind: "image-without-row", id, file: image, message: `${image} has no row in ${file}` };
    });
  // Where images lie beside the CSV (in a browser), it is one of the files there.
  const others = present.filter((id) => !named.has(id) && pathOf(id) !== file);
  const unread = unreadProblems(others, pathOf);
  return { classes, entries, problems: [...problems, ...withoutImage, ...withoutRow, ...unread] };
}
