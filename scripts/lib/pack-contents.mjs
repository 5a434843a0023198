import { builtinModules } from "node:module";
import ts from "typescript";
import { run } from "./run.mjs";

/** @typedef {import("./pack.mjs").Pack} Pack */

/** @param {string} specifier @returns {string} the package that it belongs to */
const packageOf = (specifier) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/**
 * Packages that a file imports, statically or by `import("…")` of a literal, and that its manifest does not declare. A flat `node_modules`
 * hides most of them: another package happens to bring them.
 * @param {string} text of a .js or .d.ts file
 * @param {Pick<import("./pack.mjs").Manifest, "name" | "dependencies" | "peerDependencies">} manifest
 * @returns {string[]}
 */
export const undeclaredImports = (text, { name, dependencies = {}, peerDependencies = {} }) => {
  const declared = new Set([name, ...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
  const imported = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const packages = imported.filter((specifier) => !/^[./]|^node:/.test(specifier)).map(packageOf);
  return [...new Set(packages)].filter((one) => !declared.has(one) && !builtinModules.includes(one));
};

/**
 * Files that `exports` and `bin` of a manifest name and the tarball does not hold.
 * @param {Pick<Pack, "files" | "manifest">} pack
 * @returns {string[]}
 */
export const missingTargets = ({ files, manifest }) => {
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target).filter((path) => path !== null),
  );
  const paths = [...targets, ...Object.values(manifest.bin ?? {})].map((path) => path.replace(/^\.\//, ""));
  return [...new Set(paths)].filter((path) => !files.includes(path));
};

/**
 * What a README on npm must not hold, or lacks: links that lead nowhere outside the repository, no line that installs the package with
 * the peers that it cannot do without.
 * @param {string} text
 * @param {Pick<import("./pack.mjs").Manifest, "name" | "peerDependencies" | "peerDependenciesMeta">} manifest
 * @returns {string[]} one line for each fault
 */
export const readmeFaults = (text, { name, peerDependencies = {}, peerDependenciesMeta = {} }) => {
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)]*)\)/g)].map(
    ([, link]) => `the relative link ${link}`,
  );
  const peers = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);
  const installs = text.split("\n").filter((line) => /^npm install /.test(line));
  const words = [name, ...peers];
  const whole = installs.some((line) => words.every((word) => line.split(/\s+/).includes(word)));
  return whole ? links : [...links, `no line "npm install ${words.join(" ")}"`];
};

/**
 * Holds a tarball to what a stranger needs of it: its files and nothing else, every entry, a README that is right on npm, a manifest
 * without this repository's own words, imports that are declared.
 * @param {Pack} one
 * @returns {Promise<void>} rejects with all that is wrong
 */
export const checkContents = async ({ tarball, files, manifest }) => {
  /** @type {string[]} */
  const faults = [];
  const needed = ["LICENSE", "README.md", "package.json"].filter((file) => !files.includes(file));
  for (const file of [...needed, ...missingTargets({ files, manifest })]) faults.push(`${file} is missing`);
  const strays = files.filter((file) => !/^(dist\/|LICENSE$|README\.md$|CHANGELOG\.md$|package\.json$)/.test(file));
  if (strays.length > 0) faults.push(`it holds more than it should: ${strays.join(", ")}`);
  const text = JSON.stringify([manifest.exports, manifest.dependencies, manifest.peerDependencies]);
  const trace = /@cassava\/source|workspace:|catalog:/.exec(text);
  if (trace !== null) faults.push(`its package.json still says ${trace[0]}`);
  const read = async (/** @type {string} */ file) =>
    (await run("tar", ["-xzOf", tarball, `package/${file}`], { tail: 5 })).stdout;
  if (files.includes("README.md"))
    for (const fault of readmeFaults(await read("README.md"), manifest)) faults.push(`README.md: ${fault}`);
  for (const file of files.filter((path) => /\.(js|d\.ts)$/.test(path)))
    for (const name of undeclaredImports(await read(file), manifest))
      faults.push(
        name === "@cassava/contracts"
          ? `${file} names the private @cassava/contracts`
          : `${file} imports ${name}: declare it in dependencies or peerDependencies`,
      );
  if (faults.length > 0) throw new Error(faults.join("\n"));
};
