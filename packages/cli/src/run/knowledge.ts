import type { DiagnosisInput, RunSetup } from "@cassava/metrics/diagnosis";
import { backboneSpec, type CassavaClassifier } from "@cassava/models";
import type { TrainSettings } from "./settings.ts";

/** What a diagnosis of a run of this command knows beside its history and its answers: `observations.json` of a run. */
export type Knowledge = Omit<DiagnosisInput, "history" | "predictions" | "probes">;

/** `observations.json`. */
export type RunObservations = Knowledge & { readonly version: 1 };

/** The setup of a run, as rules ask for it. */
export function setupOf(settings: TrainSettings, model: CassavaClassifier): RunSetup {
  const { head, weights, unfreeze, inputSize } = settings;
  const classes = model.classes.length;
  const own = backboneSpec(settings.backbone).defaultInputSize;
  return {
    optimizer: settings.optimizer,
    learningRate: settings.learningRate,
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    dropout: settings.dropout,
    headUnits: head,
    hiddenActivation: settings.headActivation,
    outputs: classes,
    outputActivation: "linear",
    lossInput: "logits",
    loss: settings.loss,
    labelSmoothing: settings.labelSmoothing,
    testViews: settings.testViews,
    balanced: settings.classWeights === "balanced",
    augmented: settings.augment !== "none",
    shuffled: true,
    keptBest: settings.patience > 0 || settings.fineTune !== 0,
    weights,
    frozen: unfreeze !== "all",
    batchNormMode: "inference",
    ...(!settings.priorBias && { lastBias: new Array<number>(classes).fill(0) }),
    inputSize: [inputSize ?? own, inputSize ?? own],
    ...(weights !== "none" && { pretrainedSize: [own, own] as const }),
  };
}
