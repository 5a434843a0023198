import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Behaviour, type FileServer, serve, startFileServer } from "./file-server.ts";
import { noise } from "./support.ts";
import { withFolder } from "./with-folder.ts";

const PIECE = 64 * 1024;
const next = noise(4);
const bytes = Uint8Array.from({ length: 12 * PIECE + 99 }, () => 128 + 127 * next());
const md5 = createHash("md5").update(bytes).digest("hex");

/** Node 20 runs no TypeScript: the child is a bundle of the sources, made here. */
const CHILD = `import { cacheFolder } from "../src/node/cache-folder.ts";
import { download } from "../src/weights/download.ts";
const [url, folder] = process.argv.slice(-2);
const options = { key: "weights/w.h5", bytes: ${bytes.length}, md5: "${md5}", pieceBytes: ${PIECE} };
console.log((await download(url, { ...options, store: cacheFolder({ folder }) })).length);`;

let server: FileServer;
let child: string;
beforeAll(async () => {
  server = await startFileServer(bytes);
  const { outputFiles } = await build({
    stdin: { contents: CHILD, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
  });
  child = outputFiles[0]!.text;
});
afterAll(() => server.close());

function start(folder: string) {
  const started = spawn(process.execPath, ["--input-type=module", "-e", child, server.url(), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  started.stdout.on("data", (text) => {
    output += text;
  });
  return { kill: () => started.kill("SIGKILL"), ended: once(started, "close").then(([code]) => ({ code, output })) };
}

async function expectOneFile(folder: string): Promise<void> {
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(["weights", join("weights", "w.h5")]);
  expect(Buffer.compare(await readFile(join(folder, "weights", "w.h5")), bytes)).toBe(0);
}

/** Sends the first bytes, then nothing more. */
const stallAfter =
  (count: number): Behaviour =>
  ({ bytes, headers }, _, response) => {
    response.writeHead(200, { ...headers, "content-length": bytes.length }).write(bytes.subarray(0, count));
  };

describe("processes that download into one folder", () => {
  it("at once leave one good file and no pieces", () =>
    withFolder(async (folder) => {
      const waiting: (() => void)[] = [];
      // Neither gets a byte before both have asked.
      const together: Behaviour = (...request) => {
        waiting.push(() => serve(...request));
        if (waiting.length === 2) for (const go of waiting) go();
      };
      server.next.push(together, together);
      const ended = await Promise.all([start(folder), start(folder)].map(({ ended }) => ended));
      expect(ended).toEqual([0, 1].map(() => ({ code: 0, output: `${bytes.length}\n` })));
      expect(server.asked).toEqual(["whole", "whole"]);
      await expectOneFile(folder);
    }));

  it("go on where one that was killed had stopped", () =>
    withFolder(async (folder) => {
      server.asked.length = 0;
      server.next.push(stallAfter(3 * PIECE + 5));
      const first = start(folder);
      const pieces = async () =>
        (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => /\/\d+\.bin$/.test(name));
      while ((await pieces()).length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
      first.kill();
      expect((await first.ended).code).toBe(null);
      expect(await start(folder).ended).toEqual({ code: 0, output: `${bytes.length}\n` });
      expect(server.asked).toEqual(["whole", `bytes=${3 * PIECE}-`]);
      await expectOneFile(folder);
    }));
});
