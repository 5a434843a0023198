import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository's root. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Absolute path of the folder with the real files (`../shared`), or undefined where it does not lie beside the checkout. */
export const shared = existsSync(resolve(root, "../shared")) ? resolve(root, "../shared") : undefined;
