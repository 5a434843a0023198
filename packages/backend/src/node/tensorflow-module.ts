import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BackendError } from "../errors.ts";

/** The npm packages that bring TensorFlow to Node. */
export type TensorflowPackage = "@tensorflow/tfjs-node" | "@tensorflow/tfjs-node-gpu";

/** Where a package of TensorFlow stands. */
export interface TensorflowModule {
  /** File to load. */
  readonly file: string;
  readonly folder: string;
  readonly version: string;
  /** The native library. */
  readonly addon: string;
}

/** The command that installs a package, for messages. */
export function installCommand(name: TensorflowPackage): string {
  return `npm install ${name}`;
}

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
 * Finds a package and its native library without loading either. `from` is the file or URL whose `node_modules` are searched.
 *
 * @throws {BackendError} `ENGINE_MISSING` where the package is not installed, `ADDON_MISSING` where its library was not built.
 */
export function findTensorflow(name: TensorflowPackage, from: string | URL): TensorflowModule {
  const require = createRequire(from);
  let manifest: string;
  try {
    manifest = require.resolve(`${name}/package.json`);
  } catch (cause) {
    throw new BackendError("ENGINE_MISSING", `${name} is not installed: ${installCommand(name)}`, {
      engine: name,
      cause,
    });
  }
  const folder = dirname(manifest);
  const { version, main = "index.js" } = JSON.parse(readFileSync(manifest, "utf8")) as {
    version: string;
    main?: string;
  };
  const addon = addonIn(folder);
  if (addon === undefined) {
    const message = `${name} ${version} is installed, but its native library (tfjs_binding.node) is not: npm rebuild ${name} downloads it`;
    throw new BackendError("ADDON_MISSING", message, { engine: name });
  }
  return { file: join(folder, main), folder, version, addon };
}
