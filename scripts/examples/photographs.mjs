import { existsSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { basename, join } from "node:path";

/** @typedef {Readonly<Record<string, readonly string[]>>} ByClass paths of photographs by class name */

/**
 * Photographs of the real data set by class name, in the order of train.csv; rows without a photograph are left out.
 * @param {string} folder with train.csv and train_images/
 * @returns {Promise<ByClass>}
 */
export const photographsByClass = async (folder) => {
  /** @type {Record<string, string>} */
  const names = JSON.parse(await readFile(join(folder, "label_num_to_disease_map.json"), "utf8"));
  const rows = (await readFile(join(folder, "train.csv"), "utf8")).trim().split(/\r?\n/).slice(1);
  /** @type {Record<string, string[]>} */
  const found = Object.fromEntries(Object.values(names).map((name) => [name, []]));
  for (const row of rows) {
    const [id = "", label = ""] = row.split(",");
    const path = join(folder, "train_images", id);
    if (existsSync(path)) found[names[label] ?? ""]?.push(path);
  }
  return found;
};

/**
 * The photographs `from` to `to` of each class, the latter not included.
 * @param {ByClass} photographs
 * @param {number} from
 * @param {number} to
 * @param {readonly string[]} [classes] default: all
 * @returns {ByClass}
 */
export const some = (photographs, from, to, classes = Object.keys(photographs)) =>
  Object.fromEntries(
    classes.map((name) => {
      const taken = photographs[name]?.slice(from, to) ?? [];
      if (taken.length < to - from) throw new Error(`there are not ${to} photographs of ${name}`);
      return [name, taken];
    }),
  );

/**
 * Makes a folder per class of links to photographs.
 * @param {ByClass} photographs
 * @param {string} folder
 */
export const photographFolder = async (photographs, folder) => {
  for (const [name, paths] of Object.entries(photographs)) {
    await mkdir(join(folder, name), { recursive: true });
    for (const path of paths) await symlink(path, join(folder, name, basename(path)));
  }
};
