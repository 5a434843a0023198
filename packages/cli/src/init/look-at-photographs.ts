import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isImageName } from "@cassava/data";
import { openDataset } from "@cassava/data/node";
import { percent, plural } from "../terminal/format.ts";

/** What lies in a folder of photographs, without a look at their pixels. */
export interface Photographs {
  readonly images: number;
  readonly unlabelled: number;
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  /** What was left out, by kind. */
  readonly problems: readonly { readonly kind: string; readonly count: number }[];
}

/**
 * Opens a data set, counts, and closes it.
 *
 * @throws {DataError} as `openDataset`
 */
export async function lookAtPhotographs(path: string): Promise<Photographs> {
  const dataset = await openDataset(path);
  try {
    const { entries, problems } = dataset;
    const count = (label: number) => entries.filter((entry) => entry.label === label).length;
    const kinds = [...new Set(problems.map(({ kind }) => kind))];
    return {
      images: entries.length,
      unlabelled: entries.filter(({ label }) => label === undefined).length,
      classes: dataset.classes.map(({ name }, label) => ({ name, count: count(label) })),
      problems: kinds.map((kind) => ({ kind, count: problems.filter((problem) => problem.kind === kind).length })),
    };
  } finally {
    await dataset.close();
  }
}

/** In a few lines: how many, of what, and what is wrong. */
export function describePhotographs({ images, unlabelled, classes, problems }: Photographs): string {
  const largest = classes.reduce((a, b) => (b.count > a.count ? b : a), { name: "", count: 0 });
  const labelled = images - unlabelled;
  return [
    `${plural(images, "image")} in ${classes.length} classes: ${classes.map(({ name, count }) => `${name} ${count}`).join(", ")}`,
    ...(labelled > 0
      ? [`${largest.name} alone is ${percent(largest.count / labelled)}: what a model that learned nothing reaches`]
      : []),
    ...(unlabelled > 0 ? [`${unlabelled} without a label`] : []),
    ...problems.map(({ kind, count }) => `left out: ${count} x ${kind.replaceAll("-", " ")}`),
  ].join("\n");
}

/** Held-out parts are for `evaluate`, and packages have pictures too. */
const OTHERS = /^(val(id(ation)?)?|test(ing)?|node_modules)$/i;

/** A folder where photographs seem to lie, as a path from `cwd`; undefined where nothing looks like it. */
export async function guessPhotographs(cwd: string): Promise<string | undefined> {
  const folders = ["", ...(await foldersIn(cwd))];
  const found =
    (await firstOf(folders, (folder) => isNamedForIt(join(cwd, folder)))) ??
    (await firstOf(folders, async (folder) => !OTHERS.test(folder) && hasClassFolders(join(cwd, folder))));
  return found === "" ? "." : found;
}

async function firstOf(names: readonly string[], fits: (name: string) => Promise<boolean>) {
  for (const name of names) if (await fits(name)) return name;
  return undefined;
}

async function isNamedForIt(folder: string): Promise<boolean> {
  const names = await namesIn(folder);
  return names.includes("train.csv") || names.some((name) => /\.tfrec(ord)?s?$/.test(name));
}

/** True where two subfolders at least hold an image. */
async function hasClassFolders(folder: string): Promise<boolean> {
  let classes = 0;
  for (const name of await foldersIn(folder)) {
    const names = await namesIn(join(folder, name));
    if (names.some((one) => !one.startsWith(".") && isImageName(one))) classes++;
    if (classes === 2) return true;
  }
  return false;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  return folders.map(({ name }) => name).sort();
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
