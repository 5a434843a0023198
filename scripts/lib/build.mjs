import { isFresh, markBuilt } from "./fresh.mjs";
import { root } from "./paths.mjs";
import { CommandError, run } from "./run.mjs";
import { turbo, turboEnvironment } from "./turbo.mjs";

/** How long a build may stay silent, in ms: one that comes out of the cache is done before. */
const SILENCE = 1500;

/**
 * @typedef {object} BuildOptions
 * @property {readonly string[]} [filters] turbo filters; default: every package
 * @property {boolean} [declarations] also write the `.d.ts` files, which takes most of the time; default false
 */

/**
 * Builds packages through turbo's local cache, unless nothing has changed since it last did: turbo and pnpm take seconds to find that
 * out. Prints nothing to stdout; on stderr one line when it takes long, and everything where it fails. Needs pnpm on the PATH, as it is
 * wherever pnpm started the script. With CASSAVA_BUILT=1 everything is taken as built, declarations too: `.ci/run` sets it, whose lanes
 * must not write what others read.
 * @param {BuildOptions} [options]
 * @returns {Promise<void>}
 */
export const build = async ({ filters = [], declarations = false } = {}) => {
  if (process.env.CASSAVA_BUILT === "1") return;
  // Without filters the examples are built too, and declarations may be missing from what is there.
  const known = filters.length > 0 && !declarations;
  if (known && isFresh(root, filters)) return;
  const began = Date.now();
  const notice = setTimeout(() => process.stderr.write("building the packages…\n"), SILENCE);
  try {
    await run(process.execPath, [turbo, "run", "build", ...filters.map((filter) => `--filter=${filter}`)], {
      cwd: root,
      env: { ...turboEnvironment, CASSAVA_DTS: declarations ? "1" : "0" },
    });
    if (known) markBuilt(root, filters, began);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(error.output);
    throw new CommandError("the build failed: its output is above", error.output, error.exitCode);
  } finally {
    clearTimeout(notice);
  }
};
