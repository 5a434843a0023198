import { createHash } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BackendError } from "../errors.ts";
import { checkAddon } from "./link-tensorflow-check.ts";
import { compileAddon, findCompiler } from "./link-tensorflow-compile.ts";
import { findPythonTensorflow, type PythonTensorflow } from "./link-tensorflow-python.ts";
import { type CommandResult, type RunCommand, runCommand } from "./link-tensorflow-run.ts";
import {
  ADDON_FILE,
  defaultCache,
  findLink,
  hashOfSources,
  linksFolder,
  type PlacedLink,
  RECORD_FILE,
  readLinks,
  stampOf,
  type TensorflowLink,
} from "./tensorflow-links.ts";
import { findAnyPackage, TENSORFLOW_PACKAGES, type TensorflowPackage } from "./tensorflow-module.ts";

/** Options of {@link linkTensorflow}. */
export interface LinkTensorflowOptions {
  /** Path or name of the Python that has TensorFlow 2.15 or newer. Default: the first of `python3` and `python` that has it. */
  readonly python?: string | undefined;
  /** Cassava's cache, where the addon goes. Default: `CASSAVA_CACHE`, else `cassava` in the user's cache folder. */
  readonly cache?: string | undefined;
  /** Receives a line at the start of each step. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** What {@link linkTensorflow} works on; replaced in tests. */
export interface LinkHost {
  readonly run: RunCommand;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: string;
  readonly arch: string;
  /** Packages whose addon may be linked, in order of preference. */
  readonly packages: readonly TensorflowPackage[];
  /** File or URL whose `node_modules` are searched for them. */
  readonly from: string | URL;
}

/** One folder per TensorFlow, place of it, sources and kind of machine; Node-API is the same for every Node. */
function keyOf({ version, folder }: PythonTensorflow, sources: string, { platform, arch }: LinkHost): string {
  const place = createHash("sha256").update(`${folder}\n${sources}`).digest("hex").slice(0, 12);
  return `${version}-${platform}-${arch}-${place}`;
}

/** {@link linkTensorflow} on a given host. */
export async function linkTensorflowOn(
  host: LinkHost,
  { python, cache = defaultCache(host.env), onProgress = () => {} }: LinkTensorflowOptions,
): Promise<PlacedLink> {
  const { run, platform, arch } = host;
  const installed = findAnyPackage(host.from, host.packages);
  if (installed === undefined) {
    // Its install script would download a TensorFlow that is not wanted here, and fails where it cannot.
    const message = `neither ${host.packages.join(" nor ")} is installed: npm install --ignore-scripts @tensorflow/tfjs-node`;
    throw new BackendError("ENGINE_MISSING", message, { engine: "@tensorflow/tfjs-node" });
  }
  const tensorflow = await findPythonTensorflow(python, platform, run);
  onProgress(`TensorFlow ${tensorflow.version} in ${tensorflow.folder}`);

  const sources = hashOfSources(installed.folder);
  if (sources === undefined) {
    const message = `${installed.folder} has no C++ sources (binding/): install ${installed.name} 4.22 or newer again`;
    throw new BackendError("LINK_FAILED", message, { engine: installed.name });
  }
  const folder = join(linksFolder(cache), keyOf(tensorflow, sources, host));
  const logFile = `${folder}.log`;
  const keepLog = async ({ stdout, stderr }: CommandResult): Promise<string> => {
    await writeFile(logFile, `${stdout}${stderr}`);
    return logFile;
  };
  const present = findLink(installed.folder, cache);
  if (present?.stale === undefined && present?.addon === join(folder, ADDON_FILE)) {
    onProgress("already linked: checking a convolution and its gradients");
    await checkAddon(present.addon, installed.file, run, keepLog);
    return { link: present.link, addon: present.addon };
  }

  const compiler = await findCompiler(host.env, run);
  const require = createRequire(import.meta.url);
  const nodeHeaders = join(dirname(require.resolve("node-api-headers")), "include");
  const work = `${folder}.${process.pid}.tmp`;
  await mkdir(work, { recursive: true });
  try {
    const output = join(work, ADDON_FILE);
    onProgress(`compiling ${installed.name} ${installed.version} with ${compiler.version} (some ten seconds)`);
    const job = { compiler, tensorflow, sources: join(installed.folder, "binding"), nodeHeaders, platform, work };
    await compileAddon({ ...job, output }, run, keepLog);
    onProgress("checking a convolution and its gradients");
    const { version, gpu } = await checkAddon(output, installed.file, run, keepLog);
    const link: TensorflowLink = {
      version: 1,
      tensorflow: { version, folder: tensorflow.folder, libraries: tensorflow.libraries.map(stampOf), gpu },
      python: tensorflow.python,
      compiler: compiler.version,
      sources,
      platform,
      arch,
      linkedAt: new Date().toISOString(),
    };
    await writeFile(join(work, RECORD_FILE), `${JSON.stringify(link, null, 2)}\n`);
    await mkdir(folder, { recursive: true });
    // The record last: an addon without one counts as not linked.
    for (const file of [ADDON_FILE, RECORD_FILE]) await rename(join(work, file), join(folder, file));
    await Promise.all([removeOutdated(link, folder, cache), rm(logFile, { force: true })]);
    return { link, addon: join(folder, ADDON_FILE) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Links to what stood in the same TensorFlow folder before are of no more use. */
async function removeOutdated({ tensorflow }: TensorflowLink, folder: string, cache: string): Promise<void> {
  for (const { link, addon } of readLinks(cache)) {
    const outdated = link.tensorflow.folder === tensorflow.folder && dirname(addon) !== folder;
    if (outdated) await rm(dirname(addon), { recursive: true, force: true });
  }
}

/**
 * Compiles the addon of the installed `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node` against the TensorFlow of a Python,
 * checks it in a process of its own, and keeps it in the cache, where `useBackend` finds it for either package. Takes some ten
 * seconds; where it has been linked to the same TensorFlow before, it is only checked. Linux, and macOS (not measured).
 *
 * @throws {BackendError} `ENGINE_MISSING` (neither package), `PYTHON_MISSING`, `TENSORFLOW_MISSING`, `TENSORFLOW_TOO_OLD`,
 *   `COMPILER_MISSING`, or `LINK_FAILED`, whose message names a log file.
 */
export function linkTensorflow(options: LinkTensorflowOptions = {}): Promise<PlacedLink> {
  const { env, platform, arch } = process;
  const host = { run: runCommand, env, platform, arch, packages: TENSORFLOW_PACKAGES, from: import.meta.url };
  return linkTensorflowOn(host, options);
}
