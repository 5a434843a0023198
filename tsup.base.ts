import { defineConfig, type Options } from "tsup";

/** The one build configuration of every package: ESM for the platform-neutral entries named in `entry`. */
export const library = (entry: readonly string[], options: Options = {}) =>
  defineConfig({
    entry: [...entry],
    format: "esm",
    target: "es2022",
    platform: "neutral",
    sourcemap: true,
    clean: true,
    treeshake: true,
    external: [/^node:/],
    removeNodeProtocol: false,
    // Declarations take most of a build: what only runs the code (`pnpm cassava`, conformance, benches) leaves them out.
    dts: process.env.CASSAVA_DTS !== "0" && {
      compilerOptions: {
        // TypeScript 6 deprecates the baseUrl that tsup sets.
        ignoreDeprecations: "6.0",
        // The private contracts become local files by their path, so that they are inlined into every .d.ts.
        paths: { "@cassava/contracts": ["../contracts/src/index.ts"] },
        // For ./node; that the root does without is checked by `check-types`, and again on the tarball.
        types: ["node"],
      },
    },
    ...options,
  });
