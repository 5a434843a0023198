import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { BackendError } from "../errors.ts";
import type { OnnxRuntime } from "../onnx/onnx-part.ts";

/** A loaded runtime. */
export interface OnnxModule {
  readonly runtime: OnnxRuntime;
  readonly version: string;
}

/**
 * Loads ONNX Runtime from the package `name`; `from` is the file or URL whose `node_modules` are searched.
 *
 * @throws {BackendError} `ENGINE_MISSING` where the package is not installed, `ENGINE_BROKEN` where it does not start.
 */
export async function loadOnnxRuntime(name: string, from: string | URL): Promise<OnnxModule> {
  const require = createRequire(from);
  const details = (cause: unknown) => ({ engine: name, cause });
  let file: string;
  try {
    file = require.resolve(name);
  } catch (cause) {
    throw new BackendError("ENGINE_MISSING", `${name} is not installed: npm install ${name}`, details(cause));
  }
  try {
    const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as {
      version: string;
    };
    // By address, not by name: no bundler may try to resolve an optional package.
    const loaded = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Partial<OnnxRuntime> & {
      readonly default?: Partial<OnnxRuntime>;
    };
    const { InferenceSession, Tensor } = loaded.InferenceSession === undefined ? (loaded.default ?? loaded) : loaded;
    if (InferenceSession === undefined || Tensor === undefined) throw new Error("it exports no InferenceSession");
    return { runtime: { InferenceSession, Tensor }, version };
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!.trim();
    throw new BackendError("ENGINE_BROKEN", `${name} does not start: ${reason}`, details(cause));
  }
}
