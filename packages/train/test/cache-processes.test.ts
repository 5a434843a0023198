import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const [IMAGES, ENTRY] = [200, 4096];
const AMPLE = 2 * IMAGES * ENTRY;

// Node 20 runs no .ts file: the process is built here.
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "cassava-cache-"));
  await build({
    config: false,
    entry: { filler: fileURLToPath(new URL("cache-filler.ts", import.meta.url)) },
    outDir: work,
    format: "esm",
    outExtension: () => ({ js: ".mjs" }),
    target: "es2022",
    dts: false,
    silent: true,
  });
});
afterAll(() => rm(work, { recursive: true, force: true }));

interface Filled {
  readonly done: number;
  /** Undefined where it was killed. */
  readonly result: { readonly hash: string; readonly cached: number } | undefined;
}

/** Runs a process that fills `folder`, to its end, or until it has reported `killAt` images. */
function fill(folder: string, { maxBytes = AMPLE, killAt = Number.POSITIVE_INFINITY } = {}): Promise<Filled> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(work, "filler.mjs"), join(work, folder), String(maxBytes)]);
    let [text, errors] = ["", ""];
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const done = Number(text.trim().split("\n").at(-1));
      if (done >= killAt) child.kill("SIGKILL");
    });
    child.on("close", (code, signal) => {
      const lines = text.trim().split("\n");
      if (code === 0) resolve({ done: IMAGES, result: JSON.parse(lines.at(-1)!) });
      else if (signal === "SIGKILL") resolve({ done: Number(lines.at(-1)), result: undefined });
      else reject(new Error(errors));
    });
  });
}

/** Sizes of the values in a folder. */
async function sizesIn(folder: string): Promise<number[]> {
  const entries = await readdir(join(work, folder), { recursive: true, withFileTypes: true });
  const values = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".value"));
  return Promise.all(values.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
}

describe("a cache of features in a folder", () => {
  it("is filled by two processes at once: both have the right features, and a third finds all of them", async () => {
    const both = await Promise.all([fill("two"), fill("two")]);
    const alone = await fill("alone");
    expect(alone.result!.cached).toBe(0);
    for (const { result } of both) expect(result!.hash).toBe(alone.result!.hash);
    expect(await sizesIn("two")).toEqual(Array.from({ length: IMAGES }, () => ENTRY));
    expect((await fill("two")).result).toEqual({ hash: alone.result!.hash, cached: IMAGES });
  });

  it("is killed again and again and resumed: what was reported is there, and nothing half-written is read", async () => {
    for (const killAt of [16, 56, 64, 120]) {
      const before = (await sizesIn("killed").catch(() => [])).length;
      const { done, result } = await fill("killed", { killAt });
      expect(result).toBe(undefined);
      const sizes = await sizesIn("killed");
      expect(sizes.every((size) => size === ENTRY)).toBe(true);
      expect(sizes.length).toBeGreaterThanOrEqual(Math.max(done, before));
    }
    const there = (await sizesIn("killed")).length;
    const { result } = await fill("killed");
    expect(result!.cached).toBe(there);
    expect(result!.hash).toBe((await fill("alone")).result!.hash);
  });

  it("keeps to its bound, also under two processes, and gives the right features all the same", async () => {
    const maxBytes = (IMAGES / 4) * ENTRY;
    const both = await Promise.all([fill("bounded", { maxBytes }), fill("bounded", { maxBytes })]);
    const kept = (await sizesIn("bounded")).reduce((sum, size) => sum + size, 0);
    expect(kept).toBeGreaterThan(maxBytes / 2);
    expect(kept).toBeLessThanOrEqual(maxBytes * 1.125);
    const again = await fill("bounded", { maxBytes });
    expect(again.result!.cached).toBeGreaterThan(IMAGES / 8);
    const alone = await fill("alone");
    for (const { result } of [...both, again]) expect(result!.hash).toBe(alone.result!.hash);
  });
});
