// Faults injected into runs on purpose, beside healthy runs: how often the diagnosis finds that something is wrong, how often the injected
// cause comes first, without and with its experiments, and how often it raises an alarm in a healthy run. Two test beds, each in a process of
// its own. `pnpm bench diagnosis` judges; with CASSAVA_TUNE=1 it runs what thresholds were tuned on: other seeds, easier leaves, and none of the
// faults that tuning must not see. The time it takes is not part of the result.
import { join } from "node:path";
import { wilsonInterval } from "@cassava/metrics";
import { run } from "../scripts/lib/run.mjs";

const SEEDS = 5;
/** Healthy runs; a network from scratch takes longer than a head. */
const CONTROLS = { photographs: 130, leaves: 60 };

/**
 * @typedef {object} Judged
 * @property {string} world
 * @property {string} family
 * @property {string | null} cause
 * @property {boolean} unseen
 * @property {number} seed
 * @property {readonly string[]} grave
 * @property {readonly (readonly [string, number])[]} causes
 * @property {readonly (readonly [string, number])[]} after
 */

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ shared }) => {
  if (shared === undefined) throw new Error("the photographs and weights of ../shared are missing");
  const mode = process.env.CASSAVA_TUNE === "1" ? "tune" : "judge";
  const worker = join(import.meta.dirname, "diagnosis-worker.mjs");
  const outputs = await Promise.all(
    Object.entries(CONTROLS).flatMap(([world, controls]) =>
      ["even", "odd", "controls"].map((part) =>
        run(process.execPath, [worker, world, mode, String(SEEDS), String(controls), shared, part], { tail: 20 }),
      ),
    ),
  );
  const runs = outputs.flatMap(({ stdout }) =>
    stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [/** @type {Judged} */ (JSON.parse(line))] : [])),
  );
  const faulty = runs.filter(({ cause }) => cause !== null);
  const healthy = runs.filter(({ cause }) => cause === null);
  const isFound = (/** @type {Judged} */ { grave }) => grave.length > 0;
  const isFirst = (/** @type {Judged} */ { cause, causes }) => causes[0]?.[0] === cause;
  const isFirstAfter = (/** @type {Judged} */ { cause, after }) => after[0]?.[0] === cause;
  const share = (/** @type {readonly Judged[]} */ of, /** @type {(one: Judged) => boolean} */ is) =>
    of.filter(is).length / of.length;
  const row = (/** @type {string} */ name, /** @type {readonly Judged[]} */ of) => ({
    fault: name,
    tuned: of.every(({ unseen }) => unseen) ? "no" : of.some(({ unseen }) => unseen) ? "partly" : "yes",
    n: of.length,
    detected: of.filter(isFound).length,
    "first cause": of.filter(isFirst).length,
    "after probes": of.filter(isFirstAfter).length,
  });
  const families = [...new Set(faulty.map(({ family }) => family))];
  const interval = (/** @type {readonly Judged[]} */ of, /** @type {(one: Judged) => boolean} */ is) => {
    const { low, high } = wilsonInterval(of.filter(is).length, of.length);
    return `${low.toFixed(3)}-${high.toFixed(3)}`;
  };
  const alarms = [...new Set(healthy.flatMap(({ grave }) => grave))].sort();
  const unseen = faulty.filter((one) => one.unseen);
  const rows = [
    ...families.map((family) =>
      row(
        family,
        faulty.filter((one) => one.family === family),
      ),
    ),
    row("all", faulty),
    ...(unseen.length > 0 ? [row("all that tuning never saw", unseen)] : []),
    {
      fault: `healthy: ${healthy.length} runs, alarms in`,
      tuned: "",
      n: healthy.length,
      detected: healthy.filter(isFound).length,
      "first cause": 0,
      "after probes": 0,
    },
    ...alarms.map((alarm) => ({
      fault: `healthy: ${alarm}`,
      tuned: "",
      n: healthy.length,
      detected: healthy.filter(({ grave }) => grave.includes(alarm)).length,
      "first cause": 0,
      "after probes": 0,
    })),
  ];
  console.error(
    `95 % intervals (Wilson): detected ${interval(faulty, isFound)}, first cause ${interval(faulty, isFirst)}, after probes ${interval(faulty, isFirstAfter)}, false alarms ${interval(healthy, isFound)}`,
  );
  return {
    rows,
    targets: [
      { id: "detected", value: share(faulty, isFound), atLeast: 0.95 },
      { id: "first-cause", value: share(faulty, isFirst), atLeast: 0.85 },
      { id: "first-cause-after-probes", value: share(faulty, isFirstAfter), atLeast: 0.92 },
      { id: "false-alarms", value: share(healthy, isFound), atMost: 0.02 },
    ],
  };
};
