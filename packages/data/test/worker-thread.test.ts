import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageLoader } from "../src/index.ts";
import { sharpDecoder } from "../src/node.ts";

// A thread cannot be started from a .ts file on Node 20: the loader and its worker are built here, as in the package, into
// a folder from which sharp and koffi are found.
const modules = fileURLToPath(new URL("../node_modules", import.meta.url));
let folder: string;
beforeAll(async () => {
  await mkdir(join(modules, ".cache"), { recursive: true });
  folder = await mkdtemp(join(modules, ".cache/worker-"));
  const source = (name: string): string => fileURLToPath(new URL(`../src/node/${name}.ts`, import.meta.url));
  await build({
    config: false,
    entry: { loader: source("worker-loader"), worker: source("worker") },
    outDir: folder,
    format: "esm",
    target: "es2022",
    dts: false,
    // Of this package's manifest, whatever the folder that the test is run from.
    external: ["sharp", "koffi", "@julusian/jpeg-turbo"],
    silent: true,
  });
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("real worker threads", () => {
  it("give the pixels of the loader in process, carry errors across, use a cache, and let the process exit", async () => {
    const noise = Uint8Array.from({ length: 64 * 48 * 3 }, (_, k) => (k * k * 7 + k * 13) % 251);
    const jpeg = await sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
      .jpeg()
      .toBuffer();
    await writeFile(join(folder, "leaf.jpg"), jpeg);
    // Nothing closes the loader: its idle threads must not keep the process.
    const script = `
      import { readFile } from "node:fs/promises";
      import { workerLoader } from "./loader.js";
      const jpeg = await readFile("leaf.jpg");
      const loader = workerLoader({ workers: 2, cache: { folder: "pixels" } });
      const load = (bytes, id) => loader.load(bytes, { file: "f", id }, { height: 10, width: 12 });
      const all = await Promise.all(Array.from({ length: 9 }, (_, k) => load(jpeg, String(k))));
      const error = await load(jpeg.subarray(0, 300), "cut").catch((error) => error);
      console.log(JSON.stringify({
        id: loader.id,
        pixels: [...all[8]],
        same: all.every((pixels) => Buffer.compare(pixels, all[0]) === 0),
        bytes: jpeg.length,
        error: [error.name, error.code, error.file, error.id],
      }));`;
    await writeFile(join(folder, "script.js"), script);
    const { stdout } = await promisify(execFile)(process.execPath, ["script.js"], { cwd: folder });
    const inProcess = imageLoader(sharpDecoder());
    const expected = await inProcess.load(jpeg, { file: "f", id: "x" }, { height: 10, width: 12 });
    expect(JSON.parse(stdout)).toEqual({
      id: inProcess.id,
      pixels: [...expected],
      same: true,
      bytes: jpeg.length,
      error: ["DataError", "IMAGE_UNREADABLE", "f", "cut"],
    });
  });
});
