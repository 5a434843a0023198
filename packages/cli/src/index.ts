/** The `cassava` command as a function. */
export type { CliContext } from "./context.ts";
export { createProgram, main } from "./main.ts";
