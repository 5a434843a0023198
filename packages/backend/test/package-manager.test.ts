import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { packageManagerOf } from "../src/node/package-manager.ts";
import { doctor } from "../src/node.ts";

it("goes by the nearest lockfile above: npm's commands do nothing in a project of pnpm's", () => {
  const folder = mkdtempSync(join(tmpdir(), "cassava-lockfile-"));
  const file = join(folder, "app/node_modules/x/index.js");
  const commands = () => {
    const { install, rebuild } = packageManagerOf(pathToFileURL(file));
    return [install("x"), rebuild("x")];
  };
  try {
    mkdirSync(join(folder, "app/node_modules/x"), { recursive: true });
    expect(commands()).toEqual(["npm install x", "npm rebuild x"]);
    writeFileSync(join(folder, "pnpm-lock.yaml"), "");
    expect(commands()).toEqual(["pnpm add x", "pnpm approve-builds x && pnpm rebuild x"]);
    writeFileSync(join(folder, "app/yarn.lock"), "");
    expect(commands()).toEqual(["yarn add x", "npm rebuild x"]);
    writeFileSync(join(folder, "app/package-lock.json"), "");
    expect(commands()[0]).toBe("npm install x");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it("is what doctor advises: this repository is pnpm's", async () => {
  const { engines } = await doctor({ engine: "wasm" });
  for (const { install } of engines) if (install !== undefined) expect(install).toMatch(/^pnpm /);
});
