import { readdirSync } from "node:fs";
import { configDefaults, defineConfig } from "vitest/config";

// Packages are tested from their sources: the export condition spares a build before the tests.
const conditions = ["@cassava/source", "node", "import", "default"];

// Many more cases per property (.ci/full) take minutes, not the seconds that a hanging test is cut off after.
const fuzz = process.env.CASSAVA_FUZZ_RUNS !== undefined;
const timeout = fuzz ? 1_800_000 : 60_000;

// The test files of a package share the modules that they load: loading them anew for each took a third of the time. What a test
// changes in its process it restores. Only files that put other modules in the place of real ones, or are about what happens
// when engines are loaded, have a process to themselves.
const ALONE = ["packages/backend/test/**/*.test.ts", "packages/data/test/sharp-missing.test.ts"];
const packages = readdirSync(new URL("packages", import.meta.url)).filter((name) => name !== "backend");
const together = (name: string, folder: string) => ({
  extends: true as const,
  test: { name, include: [`${folder}/**/*.test.ts`], exclude: [...configDefaults.exclude, ...ALONE], isolate: false },
});

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: ["node", "import", "default"] } },
  test: {
    setupFiles: fuzz ? ["tooling/fuzz-runs.ts"] : [],
    pool: "forks",
    testTimeout: timeout,
    hookTimeout: timeout,
    projects: [
      ...packages.map((name) => together(name, `packages/${name}/test`)),
      together("tooling", "tooling"),
      // Doctor times every engine that is there: on a software adapter, beside other jobs, that took 100 seconds.
      { extends: true as const, test: { name: "alone", include: ALONE, testTimeout: Math.max(timeout, 300_000) } },
    ],
  },
});
