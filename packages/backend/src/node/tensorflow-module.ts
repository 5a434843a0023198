import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BackendError, isBackendError } from "../errors.ts";
import { packageManagerOf } from "./package-manager.ts";
import { defaultCache, findLink, type TensorflowLink } from "./tensorflow-links.ts";

/** The npm packages that bring TensorFlow to Node. */
export type TensorflowPackage = "@tensorflow/tfjs-node" | "@tensorflow/tfjs-node-gpu";

/** An installed package, with or without its addon. */
export interface InstalledPackage {
  readonly name: TensorflowPackage;
  readonly folder: string;
  readonly version: string;
  /** File to load. */
  readonly file: string;
}

/** Where a package of TensorFlow stands. */
export interface TensorflowModule extends InstalledPackage {
  /** The native library. */
  readonly addon: string;
  /** Set where the library is one that was linked to the user's TensorFlow. */
  readonly link?: TensorflowLink;
  /** Why a link that is there is not taken. */
  readonly warning?: string;
}

/** In the order in which they are preferred. */
export const TENSORFLOW_PACKAGES: readonly TensorflowPackage[] = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

/** The command that links the addon to the TensorFlow of a Python, for messages. */
export const LINK_COMMAND = "cassava doctor --link-tensorflow";

/** `tfjs_binding.node` of the highest Node-API version, as node-pre-gyp lays it out: `lib/napi-v8/tfjs_binding.node`. */
function addonIn(folder: string): string | undefined {
  const lib = join(folder, "lib");
  if (!existsSync(lib)) return undefined;
  return readdirSync(lib)
    .filter((entry) => entry.startsWith("napi-v"))
    .sort((a, b) => Number(b.slice(6)) - Number(a.slice(6)))
    .map((entry) => join(lib, entry, "tfjs_binding.node"))
    .find((file) => existsSync(file));
}

/**
 * Finds a package, whether or not it has its addon. `from` is the file or URL whose `node_modules` are searched.
 *
 * @throws {BackendError} `ENGINE_MISSING`
 */
function findPackage(name: TensorflowPackage, from: string | URL): InstalledPackage {
  const require = createRequire(from);
  let manifest: string;
  try {
    manifest = require.resolve(`${name}/package.json`);
  } catch (cause) {
    throw new BackendError("ENGINE_MISSING", `${name} is not installed: ${packageManagerOf(from).install(name)}`, {
      engine: name,
      cause,
    });
  }
  const folder = dirname(manifest);
  const { version, main = "index.js" } = JSON.parse(readFileSync(manifest, "utf8")) as {
    version: string;
    main?: string;
  };
  return { name, folder, version, file: join(folder, main) };
}

/** The first of `names` that is installed, or undefined where none is. */
export function findAnyPackage(
  from: string | URL,
  names: readonly TensorflowPackage[] = TENSORFLOW_PACKAGES,
): InstalledPackage | undefined {
  for (const name of names) {
    try {
      return findPackage(name, from);
    } catch (error) {
      if (!isBackendError(error, "ENGINE_MISSING")) throw error;
    }
  }
  return undefined;
}

/**
 * Finds a package and its native library without loading either: the one that was linked to the user's TensorFlow, else the
 * package's own. `cache` is the folder that `linkTensorflow` wrote to.
 *
 * @throws {BackendError} `ENGINE_MISSING` where the package is not installed, `LINK_STALE` where what it was linked to has changed,
 *   `ADDON_MISSING` where its library was never built.
 */
export function findTensorflow(
  name: TensorflowPackage,
  from: string | URL,
  cache: string = defaultCache(),
): TensorflowModule {
  const installed = findPackage(name, from);
  const linked = findLink(installed.folder, cache);
  if (linked !== undefined && linked.stale === undefined)
    return { ...installed, addon: linked.addon, link: linked.link };
  const addon = addonIn(installed.folder);
  if (linked !== undefined) {
    const message = `${name}: ${linked.stale}: link it again with ${LINK_COMMAND}`;
    if (addon === undefined) throw new BackendError("LINK_STALE", message, { engine: name });
    return { ...installed, addon, warning: `${message}; its own TensorFlow runs meanwhile` };
  }
  if (addon !== undefined) return { ...installed, addon };
  const message = `${name} ${installed.version} is installed, but its native library (tfjs_binding.node) is not: ${packageManagerOf(from).rebuild(name)} downloads it, ${LINK_COMMAND} makes it from the TensorFlow of your Python`;
  throw new BackendError("ADDON_MISSING", message, { engine: name });
}
