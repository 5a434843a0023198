import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { run } from "./run.mjs";

/**
 * A package as it would be published.
 * @typedef {object} Pack
 * @property {string} name
 * @property {string} tarball absolute path
 * @property {readonly string[]} files paths in the tarball, without its leading `package/`
 * @property {Manifest} manifest the package.json in the tarball
 */

/**
 * The part of a published package.json that is read here.
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string | Record<string, string | null>>} exports
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 * @property {{ provenance?: boolean, access?: string }} [publishConfig]
 * @property {string} [license]
 * @property {readonly string[]} [keywords]
 * @property {{ node?: string }} [engines]
 * @property {{ type: string, url: string, directory: string }} [repository]
 * @property {string} [homepage]
 * @property {{ url: string }} [bugs]
 */

/** The folders of the packages that get published: all of packages/ that are not private. */
export const publicPackages = async () => {
  const folders = (await readdir(join(root, "packages"))).map((name) => join(root, "packages", name));
  const manifests = await Promise.all(
    folders.map(async (folder) => ({
      folder,
      manifest: JSON.parse(await readFile(join(folder, "package.json"), "utf8")),
    })),
  );
  return manifests.filter(({ manifest }) => manifest.private !== true).map(({ folder }) => folder);
};

/**
 * Packs the package in `folder`, as built, with `pnpm pack`.
 * @param {string} folder
 * @param {string} destination folder that gets the tarball
 * @returns {Promise<Pack>}
 */
export const pack = async (folder, destination) => {
  const { stdout } = await run("pnpm", ["pack", "--json", "--pack-destination", destination], {
    cwd: folder,
    tail: 20,
  });
  const { filename } = JSON.parse(stdout);
  const tarball = join(destination, filename.split(/[\\/]/).at(-1));
  return readPack(tarball);
};

/**
 * @param {string} tarball absolute path
 * @returns {Promise<Pack>}
 */
export const readPack = async (tarball) => {
  const list = await run("tar", ["-tzf", tarball]);
  const text = await run("tar", ["-xzOf", tarball, "package/package.json"]);
  /** @type {Manifest} */
  const manifest = JSON.parse(text.stdout);
  const files = list.stdout
    .trim()
    .split("\n")
    .map((file) => file.replace(/^package\//, ""));
  return { name: manifest.name, tarball, files, manifest };
};

/**
 * The entries that a package offers, its package.json aside.
 * @param {Manifest} manifest
 * @returns {{ specifier: string, browser: boolean }[]} `browser`: whether a bundler for the browser may take it
 */
export const entriesOf = ({ name, exports }) =>
  Object.entries(exports)
    .filter(([path]) => path !== "./package.json")
    .map(([path, target]) => ({
      specifier: `${name}${path.slice(1)}`,
      browser: typeof target === "string" || target.browser !== null,
    }));
