import { readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** @typedef {import("./pack.mjs").Manifest} Manifest */

/**
 * The address of the repository that a workflow of GitHub runs in.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} such as `https://github.com/OWNER/NAME`
 * @throws {Error} outside such a workflow
 */
export const repositoryAddress = ({ GITHUB_SERVER_URL: server = "", GITHUB_REPOSITORY: name = "" }) => {
  const address = `${server}/${name}`;
  if (/^https:\/\/[^/\s]+\/[\w.-]+\/[\w.-]+$/.test(address)) return address;
  throw new Error(
    `"${address}" is no address of a repository: npm's provenance needs one in every package.json. The release workflow gives it in GITHUB_SERVER_URL and GITHUB_REPOSITORY`,
  );
};

/**
 * What a public manifest says of where its package comes from.
 * @param {string} address of the repository
 * @param {string} folder of the package, from the root of the repository
 * @returns {Required<Pick<Manifest, "homepage" | "bugs" | "repository">>}
 */
export const originFields = (address, folder) => ({
  homepage: `${address}/tree/main/${folder}#readme`,
  bugs: { url: `${address}/issues` },
  repository: { type: "git", url: `git+${address}.git`, directory: folder },
});

/**
 * Writes where it comes from into the package.json of a folder under `packages/`.
 * @param {string} folder absolute path
 * @param {string} address of the repository
 */
export const writeOrigin = async (folder, address) => {
  const file = join(folder, "package.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  Object.assign(manifest, originFields(address, `packages/${basename(folder)}`));
  await writeFile(`${file}.part`, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(`${file}.part`, file);
};

/**
 * What the manifest of a public package lacks before it can be published.
 * @param {Partial<Manifest>} manifest
 * @param {string} version that all packages have
 * @returns {string[]} one line for each fault
 */
export const manifestFaults = (manifest, version) => {
  /** @type {(string | false)[]} */
  const faults = [
    manifest.version !== version && `version is ${manifest.version}, not ${version}`,
    manifest.license !== "Apache-2.0" && `license is ${manifest.license}`,
    (manifest.keywords ?? []).length < 3 && "keywords: fewer than 3",
    !manifest.engines?.node && "engines.node is missing",
    manifest.publishConfig?.provenance !== true && "publishConfig.provenance is not true",
    manifest.publishConfig?.access !== "public" && "publishConfig.access is not public",
    !manifest.repository?.url?.startsWith("git+https://") && "repository.url is missing: provenance needs it",
    !/^packages\/\w+$/.test(manifest.repository?.directory ?? "") && "repository.directory is missing",
    !manifest.homepage && "homepage is missing",
    !manifest.bugs?.url && "bugs.url is missing",
    ...Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })
      .filter(([name, range]) => name.startsWith("@cassava/") && range !== `^${version}`)
      .map(([name, range]) => `${name} is asked for as ${range}, not ^${version}`),
  ];
  return faults.filter((fault) => fault !== false);
};
