// `pnpm bench NAME [--rounds 7] [--json] [--save]`: our packages, as built, beside their peers.
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./lib/build.mjs";
import { root, shared } from "./lib/paths.mjs";
import { preparePython } from "./lib/python.mjs";
import { formatTable } from "./lib/table.mjs";

/**
 * What `bench/NAME.mjs` exports as default. Rows have the same keys; `targets` compare one figure each with what the
 * project has set itself, `atMost` or `atLeast`.
 * @typedef {{ id: string, value: number } & ({ atMost: number } | { atLeast: number })} Target
 * @typedef {{ rows: readonly Readonly<Record<string, string | number>>[], targets: readonly Target[] }} Outcome
 * @typedef {(context: {
 *   python: import("./lib/python.mjs").Python,
 *   root: string,
 *   shared: string | undefined,
 *   work: string,
 *   rounds: number,
 * }) => Promise<Outcome>} Bench
 */

const folder = resolve(root, "bench");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "7" },
    save: { type: "boolean", default: false },
  },
});
const [name = ""] = positionals;
const rounds = Number(values.rounds);
// A bench is a module with a default export; what has none is a part of the harness.
const files = (await readdir(folder)).filter((file) => file.endsWith(".mjs"));
const isBench = await Promise.all(
  files.map(async (file) => /^export default\b/m.test(await readFile(join(folder, file), "utf8"))),
);
const known = files.filter((_, at) => isBench[at]).map((file) => file.slice(0, -4));
if (positionals.length !== 1 || !known.includes(name) || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`usage: pnpm bench <name> [--rounds 7] [--json] [--save], where a name is one of: ${known.join(", ")}`);
  process.exit(2);
}

/** A spread, (max - min) / median, above which a row says more about the machine than about the contender. */
const NOISE = 0.5;

/** The machine without its name: what a reader needs to judge a figure. */
const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  memoryGB: Math.round(totalmem() / 1e9),
  platform: `${process.platform}-${process.arch}`,
  node: process.versions.node,
};

const work = await mkdtemp(join(tmpdir(), `cassava-bench-${name}-`));
try {
  await build();
  const python = await preparePython(folder, { asInstalled: true });
  /** @type {{ default: Bench }} */
  const bench = await import(pathToFileURL(join(folder, `${name}.mjs`)).href);
  const { rows, targets: aims } = await bench.default({ python, root, shared, work, rounds });
  const targets = aims.map((aim) => {
    const [target, met] =
      "atMost" in aim ? [aim.atMost, aim.value <= aim.atMost] : [aim.atLeast, aim.value >= aim.atLeast];
    return { id: aim.id, value: aim.value, target, met };
  });
  const result = { name, machine, rows, targets };
  const noisy = rows.filter(({ spread }) => typeof spread === "number" && spread > NOISE);
  if (noisy.length > 0)
    console.error(
      `the machine was busy: ${noisy.length} of ${rows.length} rows spread by more than half; do not quote them`,
    );
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else {
    console.log(`\n${name}: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}\n\n${formatTable(rows)}`);
    for (const { id, value, target, met } of targets)
      console.log(`${met ? "✓" : "✗"} ${id}: ${Number(value.toPrecision(4))} (target ${target})`);
  }
  if (values.save) {
    const path = join(folder, "results", `${name}.json`);
    await mkdir(join(folder, "results"), { recursive: true });
    const saved = { name, date: new Date().toISOString().slice(0, 10), machine, rows, targets };
    await writeFile(`${path}.tmp`, `${JSON.stringify(saved, null, 2)}\n`);
    await rename(`${path}.tmp`, path);
    console.error(`saved bench/results/${name}.json`);
  }
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
} finally {
  await rm(work, { recursive: true, force: true });
}
