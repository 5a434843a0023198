import type { CauseId } from "../cause.ts";
import type { Probe } from "../probe.ts";
import type { RankedCause } from "../rank-causes.ts";
import { learningRateRange } from "./learning-rate-range.ts";
import { overfitOneBatch } from "./overfit-one-batch.ts";
import { preprocessingSweep } from "./preprocessing-sweep.ts";
import { pretrainedAgainstRandom } from "./pretrained-against-random.ts";
import { trainingMode } from "./training-mode.ts";
import { zeroedInput } from "./zeroed-input.ts";

/** Every experiment, the cheap ones first. */
export const PROBES: readonly Probe[] = [
  zeroedInput,
  trainingMode,
  overfitOneBatch,
  learningRateRange,
  pretrainedAgainstRandom,
  preprocessingSweep,
];

/** The experiments that can tell the first few causes of a ranking apart. */
export function probesFor(causes: readonly RankedCause[], most = 4): readonly Probe[] {
  const suspects = new Set<CauseId>(causes.slice(0, most).map(({ cause }) => cause));
  return PROBES.filter(({ tests }) => tests.some((cause) => suspects.has(cause)));
}
