import type { Dataset } from "@cassava/contracts";
import { DataError } from "../errors.ts";

/** What the folder of a part of a split is called. */
const partName = /^(train(ing)?|val(id(ation)?)?|test(ing)?)$/i;

/**
 * Refuses a folder whose subfolders are the parts of a split, which would be read as classes of these names. Throws a
 * DataError (DATASET_PARTS).
 */
export function refuseParts(folder: string, subfolders: readonly string[], pathOf: (name: string) => string): void {
  const train = subfolders.find((name) => /^train/i.test(name));
  if (train === undefined || !subfolders.every((name) => partName.test(name))) return;
  const others = subfolders.filter((name) => name !== train);
  const rest =
    others.length === 0 ? "" : `; ${others.map(pathOf).join(", ")}: for cassava evaluate, once a model is trained`;
  const message = `${folder} holds parts of a split (${subfolders.map((name) => `${name}/`).join(", ")}), not one folder for each class: open ${pathOf(train)}, which is divided anew${rest}`;
  throw new DataError("DATASET_PARTS", message, { file: folder });
}

/** What a CSV and its folder of images would have to be called. */
export interface CsvNames {
  readonly csv: string;
  readonly images: string;
}

/**
 * Refuses a folder of images that was read without the CSV that lies in it, and has fewer than two classes so: the CSV knows
 * the labels. Throws a DataError (CSV_UNREAD).
 */
export function refuseUnreadCsv({ entries, problems }: Dataset, folder: string, { csv, images }: CsvNames): void {
  if (new Set(entries.map(({ label }) => label)).size > 1) return;
  const unread = problems.filter(({ kind, id }) => kind === "unread-file" && /\.csv$/i.test(id));
  const [first] = unread;
  if (first === undefined) return;
  const own = unread.find(({ id }) => id === csv);
  const which = own?.file ?? unread.map(({ file }) => file).join(", ");
  const remedy =
    own === undefined
      ? `call the file with the labels ${csv}, and the folder of its images beside it ${images}`
      : `call the folder of its images ${images}, beside it`;
  const message = `${folder} has fewer than two classes by its folders, and ${which} was not read: ${remedy}`;
  throw new DataError("CSV_UNREAD", message, { file: (own ?? first).file });
}
