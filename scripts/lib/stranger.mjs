import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.mjs";

/** Leaves that the demo paints, and epochs that it trains: enough to see that it does, not what it can do. */
const DEMO = ["demo", "--images", "200", "--epochs", "2", "--engine", "wasm", "--json"];

/** A file is written once, by the first version that is installed, and read by every version after it. */
const RECORDS = `
import { existsSync } from "node:fs";
import { bytes, encodeWith, int, readExamples, schema, string } from "@cassava/tfrecord";
import { openFile, writeRecordsFile } from "@cassava/tfrecord/node";

const leaf = schema({ image: bytes(), image_name: string(), target: int() });
const made = Array.from({ length: 50 }, (_, target) => ({ image: new Uint8Array(999).fill(target), image_name: target + ".jpg", target }));
if (!existsSync("leaves.tfrec")) await writeRecordsFile("leaves.tfrec", made.map((one) => encodeWith(leaf, one)));
const read = [];
for await (const one of readExamples(openFile("leaves.tfrec"), leaf)) read.push(one);
const plain = (all) => JSON.stringify(all.map(({ image, ...rest }) => ({ ...rest, image: [...image] })));
if (plain(read) !== plain(made)) throw new Error("what was read is not what was written");
console.log(read.length);
`;

/**
 * A project of somebody who has never seen this repository.
 * @typedef {object} Stranger
 * @property {string} folder
 * @property {(args: readonly string[]) => Promise<string>} npm runs npm there; resolves with its stdout
 * @property {(args: readonly string[]) => Promise<string>} cassava runs the installed command there
 * @property {(code: string) => Promise<string>} node runs a module there
 */

/**
 * @param {string} folder it is made there
 * @param {NodeJS.ProcessEnv} env with the registry in it
 * @param {AbortSignal} signal
 * @returns {Promise<Stranger>}
 */
export const makeStranger = async (folder, env, signal) => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "a-stranger", private: true, type: "module" }));
  const options = { cwd: folder, env, tail: 30, signal };
  const stdout = async (/** @type {string} */ program, /** @type {readonly string[]} */ args) =>
    (await run(program, args, options)).stdout;
  return {
    folder,
    npm: (args) => stdout("npm", [...args, "--no-audit", "--no-fund", "--no-update-notifier"]),
    cassava: (args) => stdout("npx", ["--no", "--", "cassava", ...args]),
    node: (code) => stdout(process.execPath, ["--input-type=module", "-e", code]),
  };
};

/**
 * What is installed twice where it must be there once, or in another version than all of ours.
 * @param {Record<string, { version?: string }>} packages `packages` of a package-lock.json
 * @param {string} version
 * @param {readonly string[]} names of our packages, all of which must be there
 * @returns {string[]} one line for each fault
 */
export const lockFaults = (packages, version, names) => {
  const found = Object.entries(packages).map(([path, one]) => ({ name: path.split("node_modules/").at(-1), ...one }));
  /** @type {string[]} */
  const faults = [];
  for (const name of [...names, "@tensorflow/tfjs-core"]) {
    const versions = found.filter((one) => one.name === name).map((one) => one.version);
    if (versions.length !== 1) faults.push(`${name} is installed ${versions.length} times (${versions.join(", ")})`);
    else if (names.includes(name) && versions[0] !== version) faults.push(`${name} is ${versions[0]}, not ${version}`);
  }
  const others = found.filter(({ name }) => name?.startsWith("@cassava/") && !names.includes(name));
  return [...faults, ...others.map(({ name }) => `${name} is not one of the public packages`)];
};

/** @param {Stranger} stranger @param {string} version @param {readonly string[]} names */
export const checkLock = async ({ folder }, version, names) => {
  const { packages } = JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8"));
  const faults = lockFaults(packages, version, names);
  if (faults.length > 0) throw new Error(faults.join("\n"));
};

/** @param {Stranger} stranger */
export const checkRecords = async (stranger) => {
  const read = (await stranger.node(RECORDS)).trim();
  if (read !== "50") throw new Error(`read ${read} records of 50`);
};

/** `--version` and doctor. @param {Stranger} stranger @param {string} version */
export const checkCommand = async ({ cassava }, version) => {
  const said = (await cassava(["--version"])).trim();
  if (said !== version) throw new Error(`cassava --version says ${said}, not ${version}`);
  const { active, versions } = JSON.parse(await cassava(["doctor", "--json", "--quiet"]));
  if (active?.name !== "wasm" || versions.cassava !== version)
    throw new Error(`doctor says ${JSON.stringify({ active, versions })}`);
};

/** Trains a network from scratch with the installed command. @param {Stranger} stranger */
export const checkDemo = async ({ folder, cassava }) => {
  await cassava(DEMO);
  const [head = "", ...rows] = (await readFile(join(folder, "runs/demo/history.csv"), "utf8")).trim().split("\n");
  const losses = rows.map((row) => Number(row.split(",")[head.split(",").indexOf("loss")]));
  const [first = Number.NaN, second = Number.NaN] = losses;
  if (losses.length !== 2 || !(second < first)) throw new Error(`its losses are ${losses.join(", ")}`);
  const model = await readdir(join(folder, "runs/demo/model"));
  if (!model.includes("model.json")) throw new Error(`its model is ${model.join(", ")}`);
};

/** A run of the version before is read by this one, to the same figures. @param {Stranger} stranger */
export const checkReproduced = async ({ cassava }) => {
  const { reproduced } = JSON.parse(await cassava(["evaluate", "runs/demo", "--json"]));
  if (reproduced !== true) throw new Error("evaluate does not reproduce metrics.json of the run");
};
