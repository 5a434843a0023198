import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a package is built from, beside the files that all have in common. */
const OF_PACKAGE = ["src", "package.json", "tsconfig.json", "tsup.config.ts"];
const OF_ALL = [
  "package.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "tsconfig.base.json",
  "tsup.base.ts",
  "turbo.json",
];

/**
 * Whether nothing that any package is built from has changed since a build with these filters, nor what was built. By the time of the last
 * change of files and folders themselves: unlike the time of writing it is set by a rename, a copy and a checkout too, and a folder has
 * it from what was removed in it.
 * @param {string} root of the repository
 * @param {readonly string[]} filters
 * @returns {boolean}
 */
export const isFresh = (root, filters) => {
  const { began, ended } = stampsOf(root)[filters.join(" ")] ?? {};
  if (began === undefined || ended === undefined) return false;
  const packages = join(root, "packages");
  const folders = readdirSync(packages).map((name) => join(packages, name));
  const built = folders
    .filter((folder) => existsSync(join(folder, "tsup.config.ts")))
    .map((folder) => join(folder, "dist"));
  const inputs = [
    ...OF_ALL.map((name) => join(root, name)),
    ...folders.flatMap((folder) => OF_PACKAGE.map((name) => join(folder, name))),
  ];
  return (
    built.every((path) => existsSync(path) && changedBefore(path, ended)) &&
    inputs.every((path) => changedBefore(path, began))
  );
};

/**
 * Notes a build that succeeded.
 * @param {string} root
 * @param {readonly string[]} filters
 * @param {number} began when, in ms since 1970: what changed while it ran is not known to be in it
 */
export const markBuilt = (root, filters, began) => {
  const file = stampFile(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...stampsOf(root), [filters.join(" ")]: { began, ended: Date.now() + 1 } }));
};

/** @param {string} root */
const stampFile = (root) => join(root, ".cache/built.json");

/**
 * @param {string} root
 * @returns {Record<string, { readonly began?: number, readonly ended?: number }>} the last builds, by filters
 */
const stampsOf = (root) => {
  try {
    return JSON.parse(readFileSync(stampFile(root), "utf8"));
  } catch {
    return {};
  }
};

/**
 * @param {string} path of a file, or of a folder with everything in it; what is not there has not changed
 * @param {number} time
 * @returns {boolean}
 */
const changedBefore = (path, time) => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return true;
  if (Math.max(found.ctimeMs, found.mtimeMs) >= time) return false;
  return !found.isDirectory() || readdirSync(path).every((name) => changedBefore(join(path, name), time));
};
