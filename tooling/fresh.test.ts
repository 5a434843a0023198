import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFresh, markBuilt } from "../scripts/lib/fresh.mjs";

const FILTERS = ["a..."];
let root: string;
const write = (path: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), "x");
};
/** Clocks of file systems go in steps of some milliseconds. */
const tick = () => new Promise((resolve) => setTimeout(resolve, 25));

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "cassava-fresh-"));
  const files = [
    "src/index.ts",
    "src/deep/one.ts",
    "src/deep/two.ts",
    "package.json",
    "tsup.config.ts",
    "dist/index.js",
  ];
  for (const file of files) write(`packages/a/${file}`);
  write("pnpm-lock.yaml");
  await tick();
  markBuilt(root, FILTERS, Date.now());
  await tick();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("a build is passed over", () => {
  it("where nothing has changed since one with the same filters", () => {
    expect(isFresh(root, FILTERS)).toBe(true);
    expect(isFresh(root, ["b..."])).toBe(false);
    write("packages/a/test/index.test.ts");
    expect(isFresh(root, FILTERS)).toBe(true);
  });

  const changes: Record<string, () => void> = {
    "a source is edited": () => write("packages/a/src/deep/one.ts"),
    "a source is added": () => write("packages/a/src/deep/three.ts"),
    "a source is removed": () => rmSync(join(root, "packages/a/src/deep/two.ts")),
    "an older file takes the place of a source": () => {
      write("old.ts");
      utimesSync(join(root, "old.ts"), 1, 1);
      renameSync(join(root, "old.ts"), join(root, "packages/a/src/index.ts"));
    },
    "the manifest is": () => write("packages/a/package.json"),
    "tsup's configuration is": () => write("packages/a/tsup.config.ts"),
    "the lockfile is": () => write("pnpm-lock.yaml"),
    "a package is new": () => write("packages/b/package.json"),
    "what was built is gone": () => rmSync(join(root, "packages/a/dist"), { recursive: true }),
    "a build of another kind has begun to write": () => write("packages/a/dist/index.js"),
    "a file that was built is gone": () => rmSync(join(root, "packages/a/dist/index.js")),
    "the note is no JSON": () => write(".cache/built.json"),
  };
  it.each(Object.entries(changes))("not where %s", (_, change) => {
    change();
    expect(isFresh(root, FILTERS)).toBe(false);
  });

  it("not for what changed while the build ran", async () => {
    const began = Date.now();
    await tick();
    write("packages/a/src/index.ts");
    markBuilt(root, FILTERS, began);
    expect(isFresh(root, FILTERS)).toBe(false);
  });
});
