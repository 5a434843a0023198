import type { Callback } from "@cassava/contracts";

/** Stops after an epoch whose training loss is not finite. */
export function terminateOnNaN(): Callback {
  return {
    onEpochEnd({ epoch, logs }) {
      if (Number.isFinite(logs.loss)) return undefined;
      return { stop: `the training loss of epoch ${epoch + 1} is ${logs.loss}; lower the learning rate` };
    },
  };
}
