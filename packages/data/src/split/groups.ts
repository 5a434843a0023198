import type { DatasetEntry } from "@cassava/contracts";
import { parseCsvTable } from "../csv-table.ts";
import { DataError } from "../errors.ts";

/**
 * What must stay together: the group of each id (an id that is absent stands alone), or a function of an entry that
 * gives its group (undefined: it stands alone).
 */
export type Groups = ReadonlyMap<string, string | number> | ((entry: DatasetEntry) => string | number | undefined);

/** {@link Groups} as a map. */
export function groupMap(
  groups: Groups | undefined,
  entries: readonly DatasetEntry[],
): ReadonlyMap<string, string | number> | undefined {
  if (typeof groups !== "function") return groups;
  const map = new Map<string, string | number>();
  for (const entry of entries) {
    const group = groups(entry);
    if (group !== undefined) map.set(entry.id, group);
  }
  return map;
}

/**
 * One grouping in place of several: ids that any of them puts together are together, and so are those that are joined
 * over others (photographs of one plant, one of which has a duplicate under another plant). An id in no group, or in
 * one of its own, is absent. Groups are numbered in the order of their first id.
 */
export function mergeGroups(...all: readonly ReadonlyMap<string, string | number>[]): Map<string, number> {
  const parent = new Map<string, string>();
  const rootOf = (id: string): string => {
    let root = id;
    while (parent.get(root) !== root) root = parent.get(root)!;
    // Path compression: the next search is a step long.
    for (let at = id; at !== root; ) {
      const next = parent.get(at)!;
      parent.set(at, root);
      at = next;
    }
    return root;
  };
  for (const groups of all) {
    const first = new Map<string | number, string>();
    for (const [id, group] of groups) {
      if (!parent.has(id)) parent.set(id, id);
      const other = first.get(group);
      if (other === undefined) first.set(group, id);
      else parent.set(rootOf(id), rootOf(other));
    }
  }
  const members = new Map<string, string[]>();
  for (const id of parent.keys()) {
    const root = rootOf(id);
    const own = members.get(root);
    if (own === undefined) members.set(root, [id]);
    else own.push(id);
  }
  const together = [...members.values()].filter((ids) => ids.length > 1);
  return new Map(together.flatMap((ids, group) => ids.map((id) => [id, group] as const)));
}

/** Where the columns of {@link parseGroupCsv} are. */
export interface GroupCsvOptions {
  /** Name of the file, for messages. Default "groups.csv". */
  readonly file?: string;
  /** Column of the image names. Default "image_id". */
  readonly idColumn?: string;
  /** Column of the groups: plant, farm, photographer. Default "group". */
  readonly groupColumn?: string;
}

/**
 * Reads the group of each image from a column of a CSV; an empty cell is no group. Throws a DataError: CSV_EMPTY,
 * CSV_COLUMN, CSV_INVALID; LABEL_CONFLICT where two rows of one image name different groups.
 */
export async function parseGroupCsv(text: string, options: GroupCsvOptions = {}): Promise<Map<string, string>> {
  const { file = "groups.csv", idColumn = "image_id", groupColumn = "group" } = options;
  const groups = new Map<string, string>();
  for (const { cells, line } of await parseCsvTable(text, file, [idColumn, groupColumn])) {
    const [id, group] = cells as [string, string];
    if (group === "") continue;
    const before = groups.get(id);
    if (before !== undefined && before !== group) {
      const message = `${file} line ${line}: "${id}" is in the group "${group}", but before in "${before}": remove the wrong one`;
      throw new DataError("LABEL_CONFLICT", message, { file, id, line });
    }
    groups.set(id, group);
  }
  return groups;
}
