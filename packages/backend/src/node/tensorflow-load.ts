import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";
import type { TensorflowModule } from "./tensorflow-module.ts";

/** tfjs-node 4.22 calls functions of `util` that Node 23 removed (tfjs#8425, merged and unreleased). */
export function restoreRemovedUtilities(target: Record<string, unknown>): void {
  target.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  target.isArray ??= Array.isArray;
}

/** Whether the machine keeps the sizes of its processor's caches to itself, as some virtual machines do. */
function hidesCaches(): boolean {
  return process.platform === "linux" && !existsSync("/sys/devices/system/cpu/cpu0/cache/index0");
}

/** The part of node-pre-gyp by which tfjs-node finds its addon. */
interface Locator {
  readonly find: (manifest: string, ...rest: unknown[]) => string;
}

/**
 * Loads tfjs-node, which starts TensorFlow. A linked addon is in the user's cache and not where the package looks for one:
 * while it loads, node-pre-gyp's `find` answers with the linked addon for this package, and for others as ever.
 */
export function loadTensorflow({ file, folder, addon, link }: TensorflowModule): unknown {
  restoreRemovedUtilities(util as unknown as Record<string, unknown>);
  // TensorFlow's notes on processor features, on every start, say nothing that a user could act on.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1";
  // oneDNN (TensorFlow 2.21) sizes the blocks of a 1x1 convolution's gradient by the processor's caches, and divides by zero where a
  // virtual machine hides them: the process dies of SIGFPE.
  if (hidesCaches()) process.env.TF_ENABLE_ONEDNN_OPTS ??= "0";
  const load = createRequire(file);
  if (link === undefined) return load(file);
  const name = load.resolve("@mapbox/node-pre-gyp");
  const locator = load(name) as Locator;
  const loaded = load.cache[name]!;
  const find: Locator["find"] = (manifest, ...rest) =>
    manifest === join(folder, "package.json") ? addon : locator.find(manifest, ...rest);
  // Its exports are getters: an object that inherits from them, for as long as tfjs-node loads.
  loaded.exports = Object.create(locator, { find: { value: find } });
  try {
    return load(file);
  } finally {
    loaded.exports = locator;
  }
}
