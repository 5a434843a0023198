import { describe, expect, it } from "vitest";
import { manifestFaults, originFields, repositoryAddress } from "../scripts/lib/manifests.mjs";
import { missingTargets, readmeFaults, undeclaredImports } from "../scripts/lib/pack-contents.mjs";
import { firstExample, withoutTypes } from "../scripts/lib/readme-examples.mjs";
import { lockFaults } from "../scripts/lib/stranger.mjs";

describe("undeclaredImports", () => {
  const manifest = { name: "@cassava/x", dependencies: { sharp: "1" }, peerDependencies: { "@tensorflow/tfjs": "4" } };

  it("passes what is declared, Node's own, files beside it and the package itself", () => {
    const text = `import a from "sharp"; import "@tensorflow/tfjs/dist/x.js"; import "node:fs"; import "./y.js"; export * from "@cassava/x/node"; import("fs");`;
    expect(undeclaredImports(text, manifest)).toEqual([]);
  });

  it("names the others once, also those that are loaded later or for their types", () => {
    const text = `import type { A } from "@scope/a/deep"; export { b } from "b"; const c = await import("c"); import "b/again";`;
    expect(undeclaredImports(text, manifest).sort()).toEqual(["@scope/a", "b", "c"]);
  });
});

describe("missingTargets", () => {
  it("names files of exports and bin that are not packed", () => {
    const exports = { ".": { types: "./dist/i.d.ts", browser: null, default: "./dist/i.js" }, "./p": "./package.json" };
    const manifest = { name: "@cassava/x", version: "1.0.0", exports, bin: { x: "./dist/bin.js" } };
    const files = ["dist/i.js", "dist/i.d.ts", "dist/bin.js", "package.json"];
    expect(missingTargets({ files, manifest })).toEqual([]);
    expect(missingTargets({ files: ["package.json", "dist/i.js"], manifest })).toEqual(["dist/i.d.ts", "dist/bin.js"]);
  });
});

describe("readmeFaults", () => {
  const manifest = {
    name: "@cassava/x",
    peerDependencies: { "@tensorflow/tfjs": "4", webgpu: "1" },
    peerDependenciesMeta: { webgpu: { optional: true } },
  };

  it("wants a line that installs the package with its peers, and no relative link", () => {
    const line = "npm install @cassava/x @tensorflow/tfjs\n";
    expect(readmeFaults(`${line}[a](https://example.org) [b](#c)`, manifest)).toEqual([]);
    expect(readmeFaults(`${line}[a](../y) ![b](c.png)`, manifest)).toEqual([
      "the relative link ../y",
      "the relative link c.png",
    ]);
    expect(readmeFaults("npm install @cassava/x\n", manifest)).toEqual([
      'no line "npm install @cassava/x @tensorflow/tfjs"',
    ]);
  });
});

describe("manifests", () => {
  const address = "https://example.org/somebody/cassava";
  const whole = {
    name: "@cassava/x",
    version: "1.2.3",
    license: "Apache-2.0",
    keywords: ["a", "b", "c"],
    engines: { node: ">=20.19" },
    publishConfig: { provenance: true, access: "public" },
    exports: {},
    dependencies: { "@cassava/y": "^1.2.3", other: "1" },
    ...originFields(address, "packages/x"),
  };

  it("take the repository's address from the workflow, and nothing else", () => {
    const env = { GITHUB_SERVER_URL: "https://example.org", GITHUB_REPOSITORY: "somebody/cassava" };
    expect(repositoryAddress(env)).toBe(address);
    for (const wrong of [{}, { ...env, GITHUB_REPOSITORY: "cassava" }, { ...env, GITHUB_SERVER_URL: "http://e.org" }])
      expect(() => repositoryAddress(wrong)).toThrow("is no address of a repository");
  });

  it("are whole, or say what they lack", () => {
    expect(manifestFaults(whole, "1.2.3")).toEqual([]);
    expect(manifestFaults({}, "1.2.3")).toHaveLength(10);
    const { repository: _, ...nowhere } = whole;
    expect(manifestFaults(nowhere, "1.2.3")).toEqual([
      "repository.url is missing: provenance needs it",
      "repository.directory is missing",
    ]);
    expect(manifestFaults({ ...whole, dependencies: { "@cassava/y": "^1.2.2" } }, "1.2.3")).toEqual([
      "@cassava/y is asked for as ^1.2.2, not ^1.2.3",
    ]);
  });
});

describe("lockFaults", () => {
  const one = {
    "": {},
    "node_modules/@cassava/x": { version: "1.0.0" },
    "node_modules/@tensorflow/tfjs-core": { version: "4.22.0" },
  };

  it("wants each package once, in the same version, and one tfjs-core", () => {
    expect(lockFaults(one, "1.0.0", ["@cassava/x"])).toEqual([]);
    expect(lockFaults(one, "1.0.1", ["@cassava/x"])).toEqual(["@cassava/x is 1.0.0, not 1.0.1"]);
    const nested = { "node_modules/@cassava/x/node_modules/@tensorflow/tfjs-core": { version: "4.21.0" } };
    expect(lockFaults({ ...one, ...nested }, "1.0.0", ["@cassava/x"])).toEqual([
      "@tensorflow/tfjs-core is installed 2 times (4.22.0, 4.21.0)",
    ]);
    expect(lockFaults(one, "1.0.0", ["@cassava/x", "@cassava/y"])).toEqual(["@cassava/y is installed 0 times ()"]);
    const secret = { "node_modules/@cassava/contracts": { version: "1.0.0" } };
    expect(lockFaults({ ...one, ...secret }, "1.0.0", ["@cassava/x"])).toEqual([
      "@cassava/contracts is not one of the public packages",
    ]);
  });
});

describe("the first example of a README", () => {
  it("is its first block of TypeScript, and Node runs it without its types", async () => {
    const text = "# x\n\n```sh\nnpm install x\n```\n\n```ts\nconst a: number = 1;\n```\n\n```ts\nb;\n```\n";
    expect(firstExample(text)).toBe("const a: number = 1;\n");
    expect(firstExample("# x\n")).toBeUndefined();
    expect(await withoutTypes("const a: number = 1;\n")).toBe("const a = 1;\n");
  });
});
