/** The `cassava` command as a function, and the types of its configuration. */
export type * from "./config/config-types.ts";
export { defineConfig } from "./config/define-config.ts";
export type { TrainingConfig } from "./config/training-config.ts";
export type { CliContext } from "./context.ts";
export { createProgram, main } from "./main.ts";
export type { CassavaDocuments } from "./schemas/index.ts";
