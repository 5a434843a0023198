import type { Rule } from "../rule.ts";
import { badInitialLoss } from "./bad-initial-loss.ts";
import { badShuffle } from "./bad-shuffle.ts";
import { bnModeMismatch } from "./bn-mode-mismatch.ts";
import { classImbalance } from "./class-imbalance.ts";
import { classMissing } from "./class-missing.ts";
import { constantOutput } from "./constant-output.ts";
import { duplicateLeak } from "./duplicate-leak.ts";
import { frozenMetric } from "./frozen-metric.ts";
import { frozenWeightsUnloaded } from "./frozen-weights-unloaded.ts";
import { headSize } from "./head-size.ts";
import { identicalImages } from "./identical-images.ts";
import { imageQuality } from "./image-quality.ts";
import { inputInsensitive } from "./input-insensitive.ts";
import { inputSize } from "./input-size.ts";
import { labelNoise } from "./label-noise.ts";
import { lastBias } from "./last-bias.ts";
import { layout } from "./layout.ts";
import { lossAnswersMismatch } from "./loss-answers-mismatch.ts";
import { lossDiverging } from "./loss-diverging.ts";
import { lossFloor } from "./loss-floor.ts";
import { lossInput } from "./loss-input.ts";
import { lossMetricMismatch } from "./loss-metric-mismatch.ts";
import { lossNotDecreasing } from "./loss-not-decreasing.ts";
import { lossOscillating } from "./loss-oscillating.ts";
import { lrRange } from "./lr-range.ts";
import { majorityCollapse } from "./majority-collapse.ts";
import { minorityIgnored } from "./minority-ignored.ts";
import { misalignedLabels } from "./misaligned-labels.ts";
import { miscalibration } from "./miscalibration.ts";
import { noBaselineGain } from "./no-baseline-gain.ts";
import { noNonLinearity } from "./no-non-linearity.ts";
import { nonFinite } from "./non-finite.ts";
import { notTraining } from "./not-training.ts";
import { overfit } from "./overfit.ts";
import { overtraining } from "./overtraining.ts";
import { preprocessingContract } from "./preprocessing-contract.ts";
import { priorOnlyLoss } from "./prior-only-loss.ts";
import { sameOrder } from "./same-order.ts";
import { shardSkew } from "./shard-skew.ts";
import { slowLearning } from "./slow-learning.ts";
import { splitLabelDrift } from "./split-label-drift.ts";
import { stalled } from "./stalled.ts";
import { strongDropout } from "./strong-dropout.ts";
import { suspiciouslyHighVal } from "./suspiciously-high-val.ts";
import { updateRatio } from "./update-ratio.ts";
import { valAboveTrain } from "./val-above-train.ts";
import { withinNoise } from "./within-noise.ts";
import { wrongWhenSure } from "./wrong-when-sure.ts";

/** Every rule, in the order of the catalogue: collapse, loss, weights, setup, data, calibration. */
export const RULES: readonly Rule[] = [
  majorityCollapse,
  frozenMetric,
  priorOnlyLoss,
  noBaselineGain,
  minorityIgnored,
  inputInsensitive,
  constantOutput,
  nonFinite,
  badInitialLoss,
  lossNotDecreasing,
  lossDiverging,
  lossOscillating,
  slowLearning,
  lossFloor,
  lossMetricMismatch,
  lossAnswersMismatch,
  overfit,
  overtraining,
  valAboveTrain,
  suspiciouslyHighVal,
  withinNoise,
  lrRange,
  updateRatio,
  notTraining,
  frozenWeightsUnloaded,
  bnModeMismatch,
  lossInput,
  headSize,
  noNonLinearity,
  strongDropout,
  lastBias,
  preprocessingContract,
  identicalImages,
  inputSize,
  layout,
  classImbalance,
  splitLabelDrift,
  classMissing,
  shardSkew,
  badShuffle,
  sameOrder,
  duplicateLeak,
  imageQuality,
  labelNoise,
  wrongWhenSure,
  misalignedLabels,
  stalled,
  miscalibration,
];
