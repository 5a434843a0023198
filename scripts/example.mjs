// `pnpm example NAME [arguments]`: builds what an example needs and runs it where you stand; the page is served by Vite.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { root } from "./lib/paths.mjs";

const [name = "", ...args] = process.argv.slice(2);
const folder = join(root, "examples", name);
if (name === "" || !existsSync(join(folder, "package.json"))) {
  console.error(
    `there is no example "${name}": pnpm example article-survey | browser-classify | plain-tfjs | quickstart`,
  );
  process.exit(1);
}
try {
  await build({ filters: [`cassava-example-${name}^...`] });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const page = existsSync(join(folder, "index.html"));
const program = page ? [join(folder, "node_modules/vite/bin/vite.js"), folder] : [join(folder, "main.mjs")];
const cwd = process.env.INIT_CWD ?? process.cwd();
spawn(process.execPath, [...program, ...args], { cwd, stdio: "inherit" }).on("close", (code) =>
  process.exit(code ?? 1),
);
