import * as esbuild from "esbuild";
import { root } from "../lib/paths.mjs";

/**
 * Bundles a module for a page or for Node.
 * @param {string} contents TypeScript
 * @param {string} folder what its imports are relative to
 * @param {esbuild.BuildOptions} options
 * @returns {Promise<string>}
 */
export const bundle = async (contents, folder, options) => {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    // Chunks of the build import each other for their order alone.
    logOverride: { "ignored-bare-import": "silent" },
    stdin: { contents, resolveDir: folder, loader: "ts" },
    ...options,
    write: false,
  });
  const [file] = outputFiles ?? [];
  if (file === undefined) throw new Error("esbuild wrote nothing");
  return file.text;
};
