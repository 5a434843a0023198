import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError, run } from "../scripts/lib/run.mjs";

/**
 * Readers on npm with install scripts in their dependencies (a native checksum that needs a compiler), which the workspace
 * does not allow. Their last releases, installed without running scripts.
 */
const NPM_PEERS = { tfrecord: "0.2.0", "tfrecord-stream": "0.2.0" };

/** The last line of what a failed command printed: why a peer is missing. */
const reason = (/** @type {unknown} */ error) =>
  (error instanceof CommandError ? error.output : String(error)).trim().split("\n").at(-1) ?? "";

/**
 * Installs npm's peers into `folder`, once.
 * @param {string} folder
 * @returns {Promise<string | undefined>} why they are missing
 */
export const installNpmPeers = async (folder) => {
  if (Object.keys(NPM_PEERS).every((name) => existsSync(join(folder, "node_modules", name, "package.json"))))
    return undefined;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: NPM_PEERS }));
  return await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder]).then(
    () => undefined,
    reason,
  );
};

/**
 * Installs Python's `tfrecord` into `folder`, once.
 * @param {import("../scripts/lib/python.mjs").Python} python
 * @param {string} folder
 * @returns {Promise<string | undefined>} why it is missing
 */
export const installPythonPeer = async (python, folder) => {
  if (existsSync(join(folder, "tfrecord"))) return undefined;
  return await python("tfrecord_vahidk.py", ["install", folder]).then(() => undefined, reason);
};
