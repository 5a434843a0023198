// `pnpm check:packs`: every public package from its tarball, as a stranger would get it: linted, installed with npm into
// an empty project of its own, imported in Node, bundled for the browser, type-checked; the packed command answers.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build } from "./lib/build.mjs";
import { entriesOf, pack, publicPackages } from "./lib/pack.mjs";
import { checkBundle } from "./lib/pack-bundle.mjs";
import { checkContents } from "./lib/pack-contents.mjs";
import { checkTypes } from "./lib/pack-types.mjs";
import { run } from "./lib/run.mjs";
import { tally } from "./lib/tally.mjs";

/**
 * @typedef {import("./lib/pack.mjs").Pack} Pack
 * @typedef {{ package: string, state: string, install?: string }} Engine as `cassava doctor --json` has it
 */

const attw = fileURLToPath(new URL("dist/index.js", import.meta.resolve("@arethetypeswrong/cli/package.json")));
const { check, close } = tally();
const work = await mkdtemp(join(tmpdir(), "cassava-packs-"));

/** @param {Pack} one */
const checkManifest = async ({ tarball }) => {
  const bytes = await readFile(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true });
  if (messages.length > 0) throw new Error(messages.map((message) => formatMessage(message, pkg)).join("\n"));
};

/**
 * Installs one package with the tarballs of ours that it needs and its required peers; npm gets the rest.
 * @param {Pack} one
 * @param {readonly Pack[]} packs
 */
const install = async ({ name, manifest }, packs) => {
  const project = join(work, name.replace("@cassava/", "project-"));
  await mkdir(project);
  const tarballs = Object.fromEntries(packs.map((other) => [other.name, `file:${other.tarball}`]));
  const { [name]: own = "", ...others } = tarballs;
  const optional = manifest.peerDependenciesMeta ?? {};
  const peers = Object.entries(manifest.peerDependencies ?? {}).filter(([peer]) => optional[peer]?.optional !== true);
  const content = {
    name: "a-stranger",
    private: true,
    type: "module",
    dependencies: { [name]: own, ...Object.fromEntries(peers), "@types/node": "^20" },
    overrides: others,
  };
  await writeFile(join(project, "package.json"), JSON.stringify(content, null, 2));
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline"];
  await run("npm", args, { cwd: project, tail: 30 });
  return project;
};

/**
 * An entry that is there for an optional peer gets it: `…/tfjs` for `@tensorflow/tfjs`. The entries before it did without.
 * @param {Pack} one @param {string} project @param {string} specifier
 */
const installPeerOf = async ({ manifest }, project, specifier) => {
  const own = `/${specifier.split("/").at(-1)}`;
  const peer = Object.keys(manifest.peerDependenciesMeta ?? {}).find((name) => name.endsWith(own));
  if (peer === undefined) return;
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await run("npm", [...args, `${peer}@${manifest.peerDependencies?.[peer]}`], { cwd: project, tail: 30 });
};

/** @param {string} project @param {string} specifier */
const checkImport = async (project, specifier) => {
  const code = `const entry = await import(${JSON.stringify(specifier)}); if (Object.keys(entry).length === 0) throw new Error("it exports nothing");`;
  await run(process.execPath, ["--input-type=module", "-e", code], { cwd: project, tail: 15 });
};

/** @param {Pack} one @param {string} project */
const checkCommand = async ({ manifest }, project) => {
  for (const command of Object.keys(manifest.bin ?? {})) {
    const { stdout, stderr } = await run(join(project, "node_modules/.bin", command), ["--help"], {
      cwd: project,
      tail: 15,
    });
    if (!`${stdout}${stderr}`.includes(command)) throw new Error(`--help does not name ${command}`);
  }
};

/**
 * The packed command on a machine with nothing optional installed says wasm, and which commands make it faster; those that need nothing but
 * npm's registry are followed to the letter. (tfjs-node's downloads a library from elsewhere; linking it is `pnpm engines`.)
 * @param {string} project
 */
const checkDoctor = async (project) => {
  // pnpm makes packages of this repository visible to its scripts.
  const env = { NODE_PATH: "", CASSAVA_CACHE: join(project, "cache") };
  const doctor = async () => {
    const command = [join(project, "node_modules/.bin/cassava"), ["doctor", "--json", "--quiet"]];
    const { stdout } = await run(.../** @type {[string, string[]]} */ (command), { cwd: project, env, tail: 15 });
    /** @type {{ active: { name: string }, engines: Engine[], frozen: Engine[] }} */
    const { active, engines, frozen } = JSON.parse(stdout);
    return { active, engines: [...engines, ...frozen] };
  };
  const bare = await doctor();
  if (bare.active.name !== "wasm") throw new Error(`it takes ${bare.active.name}`);
  const missing = bare.engines.filter(({ state }) => state === "missing");
  const names = missing.map((engine) => engine.package).join();
  if (names !== "@tensorflow/tfjs-node-gpu,@tensorflow/tfjs-node,webgpu,onnxruntime-node")
    throw new Error(`missing are ${names}`);
  for (const { package: name, install = "" } of missing) {
    if (!/^npm install (--ignore-scripts )?\S+$/.test(install)) throw new Error(`${name} is installed by "${install}"`);
    if (name.startsWith("@tensorflow/")) continue;
    await run("npm", install.split(" ").slice(1), { cwd: project, env, tail: 15 });
  }
  const { active, engines } = await doctor();
  const states = engines.map((engine) => `${engine.package} ${engine.state}`).join();
  if (!/onnxruntime-node ready/.test(states) || !/webgpu (ready|no-gpu)/.test(states)) throw new Error(states);
  return ["wasm", "webgpu"].includes(active.name);
};

/** @param {Pack} one @param {readonly Pack[]} packs */
const checkPack = async (one, packs) => {
  const { name, tarball, manifest } = one;
  await check(`${name}: the tarball holds what it should`, () => checkContents(one));
  await check(`${name}: publint`, () => checkManifest(one));
  await check(`${name}: are the types wrong?`, () =>
    run(process.execPath, [attw, tarball, "--profile", "esm-only", "--no-emoji"], { tail: 30 }),
  );
  let project = "";
  const stands = await check(`${name}: installs into an empty project`, async () => {
    project = await install(one, packs);
    const lock = await readFile(join(project, "package-lock.json"), "utf8");
    if (lock.includes("node_modules/@cassava/contracts")) throw new Error("it pulls in the private @cassava/contracts");
  });
  if (!stands) return;
  for (const { specifier, browser } of entriesOf(manifest)) {
    await installPeerOf(one, project, specifier);
    await check(`${specifier}: imports in Node`, () => checkImport(project, specifier));
    if (browser && manifest.bin === undefined)
      await check(`${specifier}: bundles for the browser and loads without Node's globals`, () =>
        checkBundle(project, specifier),
      );
    for (const resolution of /** @type {const} */ (["bundler", "nodenext"]))
      await check(`${specifier}: type-checks (${resolution})`, () =>
        checkTypes(project, specifier, { resolution, node: !browser || manifest.bin !== undefined }),
      );
  }
  if (manifest.bin === undefined) return;
  await check(`${name}: the packed command answers`, () => checkCommand(one, project));
  await check(`${name}: doctor says how a bare machine gets faster, and it does`, () => checkDoctor(project));
};

try {
  await build({ declarations: true });
  const packs = await Promise.all((await publicPackages()).map((folder) => pack(folder, work)));
  // Two at a time: each waits for npm or for one thread of the compiler. The command, which takes longest, first.
  const waiting = [...packs].sort(
    (a, b) => Number(b.manifest.bin !== undefined) - Number(a.manifest.bin !== undefined),
  );
  const checkWaiting = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await checkPack(one, packs);
  };
  await Promise.all([checkWaiting(), checkWaiting()]);
} catch (error) {
  await check("the packages build and pack", () => Promise.reject(error));
} finally {
  await rm(work, { recursive: true, force: true });
}
process.exit(close());
