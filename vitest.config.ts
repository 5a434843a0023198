import { defineConfig } from "vitest/config";

// Packages are tested from their sources: the export condition spares a build before the tests.
const conditions = ["@cassava/source", "node", "import", "default"];

// Many more cases per property (.ci/full) take minutes, not the seconds that a hanging test is cut off after.
const fuzz = process.env.CASSAVA_FUZZ_RUNS !== undefined;
const timeout = fuzz ? 1_800_000 : 60_000;

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: ["node", "import", "default"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "tooling/**/*.test.ts", "examples/*/test/**/*.test.ts"],
    setupFiles: fuzz ? ["tooling/fuzz-runs.ts"] : [],
    pool: "forks",
    testTimeout: timeout,
    hookTimeout: timeout,
  },
});
