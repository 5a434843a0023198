import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesFeature, encodeExample, int64Feature } from "../src/index.ts";
import { parseIndex } from "../src/random-access.ts";
import { frames } from "./helpers.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
/** Each block of TypeScript, with the chapter that it stands in. */
const snippets = readme
  .split(/^## /m)
  .slice(1)
  .flatMap((chapter) =>
    [...chapter.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
      ([, block = ""]) => [chapter.split("\n", 1)[0]!, block] as const,
    ),
  );

const train = frames(
  ...["a.jpg", "b.jpg", "c.jpg"].map((name, i) =>
    encodeExample({
      image: bytesFeature(new Uint8Array(100 + i)),
      image_name: bytesFeature(name),
      target: int64Feature(i),
    }),
  ),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cassava-readme-"));
  await writeFile(join(folder, "train.tfrec"), train);
  const damaged = train.slice();
  damaged[40]! ^= 1;
  await writeFile(join(folder, "damaged.tfrec"), damaged);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** In place of the server that a snippet names. */
const server = `
  import { readFile } from "node:fs/promises";
  globalThis.fetch = async () => new Response(await readFile("train.tfrec"));
`;

/** Runs a snippet as a program of its own in the folder; the lines that it printed. */
async function run(name: string, code: string): Promise<string[]> {
  await writeFile(join(folder, `${name}.ts`), code);
  await build({
    entryPoints: [join(folder, `${name}.ts`)],
    outfile: join(folder, `${name}.mjs`),
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
    alias: Object.fromEntries(
      ["/inspect", "/node", "/random-access", "/sequence", "/wasm", ""].map((entry) => [
        `@cassava/tfrecord${entry}`,
        fileURLToPath(new URL(`../src/${entry.slice(1) || "index"}.ts`, import.meta.url)),
      ]),
    ),
  });
  await writeFile(join(folder, "server.mjs"), server);
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "./server.mjs", `${name}.mjs`], {
    cwd: folder,
  });
  return stdout.split("\n").slice(0, -1);
}

const code = (title: string, i = 0) => snippets.filter((snippet) => snippet[0] === title)[i]?.[1] ?? "";

describe("the README", () => {
  it("has these snippets", () => {
    expect(snippets.map(([title]) => title)).toEqual([
      "Read",
      "Read",
      "Write",
      "In a browser",
      "A corrupt file",
      "An index: count, any record, exact shuffling",
    ]);
  });

  it("reads", async () => {
    expect(await run("read", code("Read"))).toEqual(["a.jpg 100 0", "b.jpg 101 1", "c.jpg 102 2"]);
  });

  it("looks into a file", async () => {
    const lines = await run("inspect", code("Read", 1));
    expect(lines[0]).toMatch(/^3 \[/);
    expect(lines.slice(-5)).toEqual([
      "schema({",
      "  image: bytes(),",
      "  image_name: string(),",
      "  target: int(),",
      "})",
    ]);
  });

  it("reads what fetch brings", async () => {
    expect(await run("browser", code("In a browser"))).toEqual(["100", "101", "102"]);
  });

  it("passes over damage, and repairs", async () => {
    const lines = await run("damage", code("A corrupt file"));
    expect(lines[0]).toMatch(/^lost \d+ bytes: damaged\.tfrec, record 0, byte 0: the data does not match its checksum/);
    expect(lines).toHaveLength(4);
    expect(lines[3]).toBe("2 records saved, 1 ranges lost");
    expect(await readdir(folder)).toContain("repaired.tfrec");
  });

  it("indexes and shuffles", async () => {
    const lines = await run("index", code("An index: count, any record, exact shuffling"));
    expect(lines[0]).toMatch(/^3 \d+$/);
    expect(
      lines
        .slice(1)
        .map((line) => line.slice(0, 1))
        .sort(),
    ).toEqual(["0", "1", "2"]);
  });

  it("writes what its other snippets read", async () => {
    for (const name of ["train.tfrec", "train.tfrec.index.json"]) await rm(join(folder, name), { force: true });
    expect(await run("write", code("Write"))).toEqual([]);
    const index = parseIndex(await readFile(join(folder, "train.tfrec.index.json"), "utf8"));
    expect(index.count).toBe(5);
    expect(index.byteLength).toBe((await stat(join(folder, "train.tfrec"))).size);
    expect((await readdir(join(folder, "shards"))).sort()).toEqual(["ld_train00-3.tfrec", "ld_train01-2.tfrec"]);
    expect(await run("read", code("Read"))).toEqual([0, 1, 2, 3, 4].map((i) => `${i}.jpg 1000 ${i}`));
    expect((await run("inspect", code("Read", 1)))[0]).toMatch(/^5 \[/);
    expect(await run("index", code("An index: count, any record, exact shuffling"))).toHaveLength(6);
  });
});
