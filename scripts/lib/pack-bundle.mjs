import { createContext, Script } from "node:vm";
import { build } from "esbuild";

/** What a page offers to a script, of the things that load-time code of these packages may touch. */
const page = () => {
  const names = [
    ...[
      "AbortController",
      "AbortSignal",
      "atob",
      "Blob",
      "btoa",
      "CompressionStream",
      "console",
      "crypto",
      "DecompressionStream",
    ],
    ...[
      "Event",
      "EventTarget",
      "fetch",
      "Headers",
      "performance",
      "queueMicrotask",
      "ReadableStream",
      "Request",
      "Response",
    ],
    ...["setInterval", "clearInterval", "setTimeout", "clearTimeout", "structuredClone", "TextDecoder", "TextEncoder"],
    ...["TransformStream", "URL", "URLSearchParams", "WebAssembly", "WritableStream"],
  ];
  const global = /** @type {Record<string, unknown>} */ (
    Object.fromEntries(names.map((name) => [name, /** @type {Record<string, unknown>} */ (globalThis)[name]]))
  );
  global.navigator = { userAgent: "", hardwareConcurrency: 2 };
  global.location = { href: "https://example.org/", protocol: "https:" };
  global.self = global;
  return createContext(global);
};

/**
 * Bundles one entry for the browser with esbuild, as a user's bundler would, without any shim, and loads the bundle
 * where there is no `process`, `Buffer` or `require`.
 * @param {string} project folder in which the package is installed
 * @param {string} specifier
 * @returns {Promise<void>}
 */
export const checkBundle = async (project, specifier) => {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(specifier)};`, resolveDir: project },
    bundle: true,
    format: "iife",
    globalName: "entry",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
    write: false,
  });
  const text = outputFiles[0]?.text ?? "";
  const names = new Script(`${text}\nObject.keys(entry)`, { filename: `${specifier} (bundle)` }).runInContext(page());
  if (names.length === 0) throw new Error("the bundle exports nothing");
};
