import { createReadStream, existsSync, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { withServer } from "../lib/loopback.mjs";

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
/** The page may load from its own origin only; the decoder's glue code makes functions from text. */
const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self' blob:";

/**
 * Serves folders on loopback while `work` runs, under a policy that forbids other origins.
 * @param {Readonly<Record<string, string>>} folders by the first part of the address; "" is the root
 * @param {(address: string) => Promise<void>} work
 */
export const withFolders = (folders, work) =>
  withServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname)).slice(1);
    const first = path.split("/")[0] ?? "";
    const mounted = first === "" ? undefined : folders[first];
    const file = mounted
      ? join(mounted, path.slice(first.length))
      : join(folders[""] ?? "", path === "" ? "index.html" : path);
    if (path.startsWith("..") || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end("no such file");
      return;
    }
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": POLICY });
    createReadStream(file).pipe(response);
  }, work);
