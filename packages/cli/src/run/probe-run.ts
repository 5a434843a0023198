import { join } from "node:path";
import { parseSplit, type Split } from "@cassava/data";
import { type Diagnosis, type DiagnosisInput, type ProbeOutcome, probesFor } from "@cassava/metrics/diagnosis";
import type { ActionContext } from "../context.ts";
import { duration } from "../terminal/format.ts";
import { withDataset } from "./dataset.ts";
import { startEngine } from "./engine.ts";
import { startFrozenEngine } from "./frozen-engine.ts";
import { probeHost } from "./probe-host.ts";
import { readRunFile } from "./run-folder.ts";
import type { RunConfig } from "./settings.ts";

/**
 * Tests the first causes of a diagnosis on the model and the images of its run; says before each experiment how long it takes. The run
 * stays as it is.
 */
export async function probeRun(
  run: string,
  input: DiagnosisInput,
  { causes }: Diagnosis,
  context: ActionContext,
): Promise<readonly ProbeOutcome[]> {
  const { output, signal } = context;
  const config = await readRunFile<RunConfig>(run, "config.json");
  const file = join(run, "split.json");
  const split = parseSplit(JSON.stringify(await readRunFile<Split>(run, "split.json")), { file });
  const probes = probesFor(causes);
  if (probes.length === 0) {
    output.info("no experiment can tell the causes apart");
    return [];
  }
  await startEngine(config.settings.engine, output);
  const choices = { requested: config.settings.frozenEngine, preferred: config.frozenEngine };
  const frozenEngine = await startFrozenEngine(choices, output);
  return withDataset(config.settings.dataset, output, async (dataset) => {
    const host = await probeHost({ run, config, split, dataset, frozenEngine }, context);
    try {
      const outcomes: ProbeOutcome[] = [];
      for (const probe of probes) {
        signal.throwIfAborted();
        const seconds = await probe.estimate(host);
        output.info(`${probe.id}: ${probe.title}${seconds === undefined ? "" : ` (about ${duration(seconds)})`}`);
        outcomes.push(await probe.run(host, input, signal));
      }
      return outcomes;
    } finally {
      host.dispose();
    }
  });
}
