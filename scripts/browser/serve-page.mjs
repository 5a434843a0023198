import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { withServer } from "../lib/loopback.mjs";

/**
 * What a page may fetch, by path.
 * @typedef {Map<string, { type: string, body: string | Uint8Array }>} Files
 */

/**
 * A page that is one script, with the WebAssembly modules of tfjs beside it.
 * @param {string} script
 * @param {string} folder package in whose `node_modules` tfjs is
 * @returns {Promise<Files>}
 */
export const pageFiles = async (script, folder) => {
  /** @type {Files} */
  const files = new Map([
    ["/", { type: "text/html", body: '<!doctype html><script type="module" src="/page.js"></script>' }],
    ["/page.js", { type: "text/javascript", body: script }],
  ]);
  const wasm = join(folder, "node_modules/@tensorflow/tfjs-backend-wasm/dist");
  for (const name of await readdir(wasm)) {
    if (name.endsWith(".wasm"))
      files.set(`/${name}`, { type: "application/wasm", body: await readFile(join(wasm, name)) });
  }
  return files;
};

/**
 * Serves files on loopback while `work` runs.
 * @param {Files} files
 * @param {(address: string) => Promise<void>} work
 */
export const withPage = (files, work) =>
  withServer((request, response) => {
    const file = files.get(request.url ?? "");
    if (file === undefined) response.writeHead(404).end("no such file");
    else response.writeHead(200, { "Content-Type": file.type }).end(file.body);
  }, work);
