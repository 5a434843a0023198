import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { boundaryProblems, type Manifest, type SourcePackage } from "./boundaries.ts";

const folder = fileURLToPath(new URL("../packages", import.meta.url));

const readPackage = (name: string): SourcePackage => {
  const path = join(folder, name);
  const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest;
  const files = readdirSync(join(path, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const sources = files.map((file) => [
    `src/${file.replaceAll("\\", "/")}`,
    readFileSync(join(path, "src", file), "utf8"),
  ]);
  return { manifest, sources: Object.fromEntries(sources) };
};

/** A package made up for a test, with the entries that a real one has. */
const planted = (
  name: string,
  sources: Readonly<Record<string, string>>,
  manifest: Partial<Manifest> = {},
): SourcePackage => ({
  manifest: { name, exports: { ".": {}, "./node": {} }, ...manifest },
  sources: { "src/index.ts": "export {};", "src/node.ts": "export {};", ...sources },
});
const contracts = planted("@cassava/contracts", {}, { private: true });
const tfrecord = planted("@cassava/tfrecord", {});
const data = (source: string, manifest: Partial<Manifest> = {}, path = "src/index.ts") =>
  planted("@cassava/data", { [path]: source }, { dependencies: { "@cassava/tfrecord": "*" }, ...manifest });
const problems = (...packages: SourcePackage[]) => boundaryProblems([contracts, tfrecord, ...packages]);

describe("the packages of this repository", () => {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "src")));

  it("are seen, with their sources", () => {
    const packages = names.map(readPackage);
    expect(packages.map(({ manifest }) => manifest.name)).toContain("@cassava/tfrecord");
    expect(packages.filter(({ sources }) => sources["src/index.ts"] === undefined)).toEqual([]);
  });

  it("keep the directions of import, the neutrality of their roots and their declared dependencies", () => {
    expect(boundaryProblems(names.map(readPackage))).toEqual([]);
  });
});

describe("directions of import", () => {
  it("lets a package import what its row names", () => {
    expect(problems(data('import { readExamples } from "@cassava/tfrecord";'))).toEqual([]);
    expect(problems(data('import { openFile } from "@cassava/tfrecord/node";', {}, "src/node.ts"))).toEqual([]);
  });

  it("refuses another package", () => {
    const metrics = planted("@cassava/metrics", {});
    const found = problems(
      metrics,
      data('\nexport * from "@cassava/metrics";', { dependencies: { "@cassava/metrics": "*" } }),
    );
    expect(found).toEqual(["@cassava/data src/index.ts:2: may not import @cassava/metrics"]);
  });

  it("refuses types of another package as well", () => {
    const metrics = planted("@cassava/metrics", {});
    const type = 'export type Report = import("@cassava/metrics").Report;';
    expect(problems(metrics, data(type, { dependencies: { "@cassava/metrics": "*" } }))).toEqual([
      "@cassava/data src/index.ts:1: may not import @cassava/metrics",
    ]);
  });

  it("refuses a package that the table does not name", () => {
    expect(problems(planted("@cassava/novel", {}))).toEqual(["@cassava/novel: has no row in MAY_IMPORT"]);
  });

  it("refuses what is not an entry, and a path into another package", () => {
    expect(problems(data('import "@cassava/tfrecord/dist/wire.js";'))).toEqual([
      "@cassava/data src/index.ts:1: @cassava/tfrecord/dist/wire.js is not an entry of @cassava/tfrecord",
    ]);
    expect(problems(data('import "../../tfrecord/src/wire.ts";'))).toEqual([
      "@cassava/data src/index.ts:1: reaches out of its package's src: ../../tfrecord/src/wire.ts",
    ]);
  });

  it("refuses to load the contracts and lets their types through", () => {
    const manifest = { devDependencies: { "@cassava/contracts": "*" } };
    expect(problems(data('import type { Batch } from "@cassava/contracts";', manifest))).toEqual([]);
    expect(problems(data('import { Batch } from "@cassava/contracts";', manifest))).toEqual([
      "@cassava/data src/index.ts:1: loads @cassava/contracts, which holds types only: use import type",
    ]);
    expect(problems(data('import type { Batch } from "@cassava/contracts";'))).toEqual([
      "@cassava/data src/index.ts:1: @cassava/contracts is missing in devDependencies",
    ]);
  });
});

describe("circles", () => {
  it("are found between packages", () => {
    const back = planted(
      "@cassava/tfrecord",
      { "src/index.ts": 'import "@cassava/data";' },
      { dependencies: { "@cassava/data": "*" } },
    );
    expect(boundaryProblems([back, data('import "@cassava/tfrecord";')])).toContain(
      "packages import each other in a circle: @cassava/tfrecord → @cassava/data → @cassava/tfrecord",
    );
  });

  it("are found between files, and types alone make none", () => {
    const circle = (keyword: string) =>
      planted("@cassava/metrics", {
        "src/a.ts": 'import "./b.ts";',
        "src/b.ts": `import ${keyword} { a } from "./a.ts";`,
      });
    expect(problems(circle(""))).toEqual([
      "@cassava/metrics: files import each other in a circle: src/a.ts → src/b.ts → src/a.ts",
    ]);
    expect(problems(circle("type"))).toEqual([]);
  });
});

describe("neutral root entries", () => {
  const reached = (source: string, manifest: Partial<Manifest> = {}) =>
    problems(
      planted("@cassava/metrics", { "src/index.ts": 'export * from "./deep.ts";', "src/deep.ts": source }, manifest),
    );
  const problem = (specifier: string) =>
    `@cassava/metrics src/deep.ts:1: the root entry reaches ${specifier}, which is for Node`;

  it("reach no builtin of Node, at any depth, loaded or typed", () => {
    expect(reached('import { open } from "node:fs/promises";')).toEqual([problem("node:fs/promises")]);
    expect(reached('import type { Stats } from "node:fs";')).toEqual([problem("node:fs")]);
    expect(reached('await import("node:os");')).toEqual([problem("node:os")]);
    expect(reached('import "fs";')).toEqual(["@cassava/metrics src/deep.ts:1: write node:fs", problem("fs")]);
  });

  it("reach no package for Node", () => {
    expect(reached('import sharp from "sharp";', { dependencies: { sharp: "*" } })).toEqual([problem("sharp")]);
    expect(problems(data('import { openFile } from "@cassava/tfrecord/node";'))).toEqual([
      "@cassava/data src/index.ts:1: the root entry reaches @cassava/tfrecord/node, which is for Node",
    ]);
  });

  it("reach no worker that uses Node", () => {
    const found = problems(
      planted("@cassava/metrics", {
        "src/index.ts": 'export const worker = new URL("./worker.js", import.meta.url);',
        "src/worker.ts": 'import "node:worker_threads";',
      }),
    );
    expect(found).toEqual([
      "@cassava/metrics src/worker.ts:1: the root entry reaches node:worker_threads, which is for Node",
    ]);
  });

  it("say nothing about ./node, nor about comments and strings", () => {
    expect(problems(planted("@cassava/metrics", { "src/node.ts": 'import "node:fs";' }))).toEqual([]);
    expect(reached(`// import "node:fs";\nexport const text = 'import "node:fs"';`)).toEqual([]);
  });
});

describe("declared dependencies", () => {
  it("are what a source may name", () => {
    expect(problems(data('import { parse } from "csv-parse/sync";', { dependencies: { "csv-parse": "*" } }))).toEqual(
      [],
    );
    expect(
      problems(data('import * as tf from "@tensorflow/tfjs";', { peerDependencies: { "@tensorflow/tfjs": "*" } })),
    ).toEqual([]);
  });

  it("do not include devDependencies, which a user does not get", () => {
    expect(
      problems(data('import type * as tf from "@tensorflow/tfjs";', { devDependencies: { "@tensorflow/tfjs": "*" } })),
    ).toEqual([
      "@cassava/data src/index.ts:1: uses @tensorflow/tfjs without declaring it in dependencies or peerDependencies",
    ]);
  });
});

describe("files", () => {
  it("exist where they are named", () => {
    expect(problems(data('export * from "./gone.ts";'))).toEqual([
      "@cassava/data src/index.ts:1: names a file that does not exist: ./gone.ts",
    ]);
  });

  it("of the package's own folder, package.json alone may be read from the sources", () => {
    expect(problems(data('import manifest from "../package.json" with { type: "json" };'))).toEqual([]);
    expect(problems(data('import "../test/support.ts";'))).toEqual([
      "@cassava/data src/index.ts:1: reaches out of its package's src: ../test/support.ts",
    ]);
  });

  it("read tensors without blocking", () => {
    const found = problems(data('const a = t.dataSync();\nconst b = t["arraySync"]();\nconst { dataSync } = t;'));
    expect(found).toEqual([
      "@cassava/data src/index.ts:1: dataSync blocks the event loop: await data() or array()",
      "@cassava/data src/index.ts:2: arraySync blocks the event loop: await data() or array()",
      "@cassava/data src/index.ts:3: dataSync blocks the event loop: await data() or array()",
    ]);
  });
});
