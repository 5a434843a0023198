// One test bed of `bench diagnosis` as a process of its own: node diagnosis-worker.mjs WORLD MODE SEEDS CONTROLS SHARED [PART]. Every run gives a line
// of JSON on stdout. PART, if there is one: controls, faults, those at even or odd places, or a part of a fault's name. MODE is tune or judge: other seeds, other leaves, and tuning never sees the faults that are marked so.
import { useBackend } from "@cassava/backend/node";
import { random } from "@cassava/data";
import { diagnose, probesFor } from "@cassava/metrics/diagnosis";
import { controls, FAULTS, MAJORITY } from "./diagnosis-faults.mjs";
import { healthyPlan } from "./diagnosis-plan.mjs";
import { observedRun } from "./diagnosis-run.mjs";
import { UNSEEN } from "./diagnosis-unseen.mjs";
import { leaves, photographs } from "./diagnosis-worlds.mjs";

const [name = "", mode = "", seeds = "", count = "", shared = "", only = ""] = process.argv.slice(2);
const tuning = mode === "tune";
await useBackend("wasm");
const world =
  name === "photographs"
    ? await photographs(shared)
    : await leaves(tuning ? { count: 900, seed: 5, difficulty: 0 } : { count: 900, seed: 121, difficulty: 0.15 });
/** Thresholds were tuned on runs with seeds from 101 on; those of earlier judgements, from 1, 301, 601 and 901 on, are no longer new. */
const first = tuning ? 101 : 1201;

/** @param {import("./diagnosis-faults.mjs").Plan} plan @param {Record<string, unknown>} what @param {boolean} probed */
const judge = async (plan, what, probed) => {
  const started = performance.now();
  const { input, host } = await observedRun(world, plan);
  const found = diagnose(input);
  let after = found;
  if (probed && found.causes.length > 0) {
    const probes = [];
    for (const probe of probesFor(found.causes)) probes.push(await probe.run(host, input));
    after = diagnose({ ...input, probes });
  }
  host.dispose();
  const grave = found.findings
    .filter(({ severity }) => severity !== "info")
    .map(({ rule, severity }) => `${rule} ${severity}`);
  const causes = (/** @type {typeof found} */ { causes: ranked }) =>
    ranked.slice(0, 4).map(({ cause, confidence }) => [cause, Number(confidence.toFixed(3))]);
  const last = input.history?.at(-1) ?? {};
  const seconds = Number(((performance.now() - started) / 1000).toFixed(2));
  console.log(
    JSON.stringify({
      world: world.name,
      ...what,
      grave,
      causes: causes(found),
      after: causes(after),
      last,
      seconds,
    }),
  );
};

const faults = tuning ? FAULTS : [...FAULTS, ...UNSEEN];
for (const [at, fault] of faults.entries()) {
  if (fault.worlds && !fault.worlds.includes(world.name)) continue;
  if (!/^(faults|even|odd)?$/.test(only) && !fault.name.includes(only)) continue;
  if ((only === "even" || only === "odd") && (at % 2 === 0) !== (only === "even")) continue;
  for (let seed = first; seed < first + Number(seeds); seed++) {
    const plan = healthyPlan(world, seed);
    const { name: family, cause } = fault;
    const unseen = UNSEEN.includes(fault);
    await judge({ ...plan, ...fault.inject(plan, world) }, { family, cause, unseen, seed }, true);
  }
}
for (const [i, { size, noise, thin, ...changes }] of controls(Number(count), first, world).entries()) {
  if (only !== "" && only !== "controls") break;
  const plan = { ...healthyPlan(world, first + i), ...changes };
  const draw = random(plan.seed, "changes").next;
  const labels = new Map(plan.labels);
  const classes = world.classes.length;
  for (const [id, label] of labels)
    if (draw() < noise) labels.set(id, (label + 1 + Math.floor(draw() * (classes - 1))) % classes);
  // Thinned out: rarer classes than there are, in both parts.
  const kept = (/** @type {readonly string[]} */ ids) =>
    ids.filter((id) => labels.get(id) === MAJORITY || draw() >= thin);
  const train = kept(plan.train.slice(0, Math.round(size * plan.train.length)));
  await judge(
    { ...plan, labels, train, validation: kept(plan.validation) },
    { family: "healthy", cause: null, unseen: false, seed: i },
    false,
  );
}
