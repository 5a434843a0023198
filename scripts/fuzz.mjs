// `pnpm fuzz NAME [--minutes 1] [--inputs N] [--seed S]`: random inputs for packages/NAME/fuzz, against the package as
// built, until the time or the inputs are used up or one fails. Each input comes from a seed of its own, so that a failure
// is run again by itself. The work is done in a thread, so that one that hangs is noticed.
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { build } from "./lib/build.mjs";
import { root } from "./lib/paths.mjs";

/**
 * What `packages/NAME/fuzz/index.mjs` exports as default: `check` rejects where the input of a seed shows a bug.
 * @typedef {{ check(seed: number): Promise<void>, describe(seed: number): { file: Uint8Array, story: string } }} FuzzTarget
 */

/** An input that takes longer counts as a hang, in ms. */
const HANG = 60_000;
/** A line of progress every so often, in ms. */
const PROGRESS = 60_000;

const runInputs = async () => {
  const { entry, seed, count, until } = workerData;
  /** @type {{ default: FuzzTarget }} */
  const { default: target } = await import(entry);
  for (let i = 0; i < count && Date.now() < until; i++) {
    const one = (seed + i) >>> 0;
    parentPort?.postMessage({ started: one });
    try {
      await target.check(one);
    } catch (error) {
      parentPort?.postMessage({
        failed: one,
        problem: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      return;
    }
    parentPort?.postMessage({ passed: one });
  }
};

/**
 * Runs a thread to its end: how many inputs it tried and the first that failed.
 * @param {object} data
 * @returns {Promise<{ tried: number, failure?: { seed: number, problem: string } }>}
 */
const supervise = (data) =>
  new Promise((done) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: data });
    let tried = 0;
    let current = -1;
    /** @type {NodeJS.Timeout | undefined} */
    let watchdog;
    const began = Date.now();
    const progress = setInterval(() => {
      console.log(`${Math.round((Date.now() - began) / 60_000)} min: ${tried} inputs, none failed`);
    }, PROGRESS);
    /** @param {{ seed: number, problem: string }} [failure] */
    const finish = (failure) => {
      clearInterval(progress);
      clearTimeout(watchdog);
      void worker.terminate();
      done({ tried, ...(failure && { failure }) });
    };
    worker.on("message", ({ started, failed, problem }) => {
      clearTimeout(watchdog);
      if (failed !== undefined) return finish({ seed: failed, problem });
      if (started === undefined) return;
      current = started;
      tried++;
      watchdog = setTimeout(() => finish({ seed: current, problem: `no end after ${HANG / 1000} s` }), HANG);
    });
    worker.on("error", (error) => finish({ seed: current, problem: error.stack ?? String(error) }));
    worker.on("exit", () => finish());
  });

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: "string" },
      inputs: { type: "string" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
    },
  });
  const [name = ""] = positionals;
  const packages = await readdir(join(root, "packages"));
  const known = packages.filter((folder) => existsSync(join(root, "packages", folder, "fuzz/index.mjs")));
  const count = values.inputs === undefined ? Number.POSITIVE_INFINITY : Number(values.inputs);
  const minutes = Number(values.minutes ?? (values.inputs === undefined ? 1 : 24 * 60));
  const seed = Number(values.seed);
  if (positionals.length !== 1 || !known.includes(name) || !(minutes > 0) || !(count > 0) || !Number.isInteger(seed)) {
    console.error(
      `usage: pnpm fuzz <name> [--minutes 1] [--inputs N] [--seed S], where a name is one of: ${known.join(", ")}`,
    );
    return 2;
  }
  await build({ filters: [`@cassava/${name}`] });
  const entry = pathToFileURL(join(root, "packages", name, "fuzz/index.mjs")).href;
  console.log(`fuzz ${name}: seed ${seed}, ${values.inputs === undefined ? `${minutes} min` : `${count} inputs`}`);
  const { tried, failure } = await supervise({ entry, seed, count, until: Date.now() + minutes * 60_000 });
  if (failure === undefined) {
    console.log(`✓ ${tried} inputs tried, none failed (seeds ${seed} to ${(seed + tried - 1) >>> 0})`);
    return 0;
  }
  const folder = resolve(root, "runs/fuzz");
  const path = join(folder, `${name}-${failure.seed}.bin`);
  const { default: target } = await import(entry);
  const { file, story } = target.describe(failure.seed);
  await mkdir(folder, { recursive: true });
  await writeFile(path, file);
  console.error(`✗ input ${tried} failed: ${failure.problem}\n  ${story}\n  saved as ${relative(root, path)}`);
  console.error(`  run it again: pnpm fuzz ${name} --seed ${failure.seed} --inputs 1`);
  return 1;
};

if (isMainThread) process.exitCode = await main();
else await runInputs();
