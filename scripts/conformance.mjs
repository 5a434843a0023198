// `pnpm conformance NAME…|all`: our packages, as built, against the reference implementations. `all` leaves slow suites out.
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./lib/build.mjs";
import { root, shared } from "./lib/paths.mjs";
import { preparePython } from "./lib/python.mjs";
import { tally } from "./lib/tally.mjs";

/**
 * What `conformance/NAME.mjs` exports as default.
 * @typedef {(context: {
 *   python: import("./lib/python.mjs").Python,
 *   root: string,
 *   shared: string | undefined,
 *   work: string,
 *   check: import("./lib/tally.mjs").Tally["check"],
 *   skip: import("./lib/tally.mjs").Tally["skip"],
 * }) => Promise<void>} Conformance
 */

const folder = resolve(root, "conformance");
const known = (await readdir(folder)).filter((file) => file.endsWith(".mjs")).map((file) => file.slice(0, -4));
const asked = process.argv.slice(2);
/** Suites that take minutes say so with `export const slow = true`; they run by their name only. */
const isSlow = async (/** @type {string} */ name) =>
  /^export const slow = true;$/m.test(await readFile(join(folder, `${name}.mjs`), "utf8"));
const quick = async () => {
  const slow = await Promise.all(known.map(isSlow));
  return known.filter((_, i) => !slow[i]).sort();
};
const names = asked.includes("all") ? await quick() : asked;
const unknown = names.filter((name) => !existsSync(join(folder, `${name}.mjs`)));
if (names.length === 0 || unknown.length > 0) {
  const problem = unknown.length > 0 ? `no conformance/${unknown[0]}.mjs; ` : "";
  console.error(`${problem}usage: pnpm conformance <name…|all>, where a name is one of: ${known.join(", ")}`);
  process.exit(2);
}

const { check, skip, close } = tally();
try {
  await build();
  const python = await preparePython(folder);
  for (const name of names) {
    console.log(`\n${name}`);
    const work = await mkdtemp(join(tmpdir(), `cassava-${name}-`));
    try {
      /** @type {{ default: Conformance }} */
      const suite = await import(pathToFileURL(join(folder, `${name}.mjs`)).href);
      await suite.default({ python, root, shared, work, check, skip });
    } catch (error) {
      // What a suite throws outside its checks counts as one failed check: the suite did not come to its end.
      await check(`${name} runs to its end`, () => Promise.reject(error));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
} catch (error) {
  await check("the packages build and the Python environment stands", () => Promise.reject(error));
}
process.exit(close());
