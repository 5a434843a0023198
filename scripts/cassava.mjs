// `pnpm cassava …`: brings the build up to date, then becomes the command. stdout belongs to the command alone.
import { pathToFileURL } from "node:url";
import { build } from "./lib/build.mjs";
import { root } from "./lib/paths.mjs";

const bin = `${root}/packages/cli/dist/bin.js`;
try {
  await build({ filters: ["@cassava/cli..."] });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
// In this process rather than a child's: signals, exit code and terminal are the command's own. pnpm moves to the
// root; paths that the caller wrote are relative to where they stood.
process.argv = [process.execPath, bin, ...process.argv.slice(2)];
process.chdir(process.env.INIT_CWD ?? process.cwd());
await import(pathToFileURL(bin).href);
