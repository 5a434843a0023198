import type { EpochLogs } from "@cassava/contracts";
import type { FeatureSource, TrainEvent } from "@cassava/train";
import { percent } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";

/** Shows progress and one line an epoch, of one stage after the other. */
export function watchTraining(output: Output) {
  let progress = output.progress("training", 1);
  let [batches, epochs] = [1, 0];
  let running = false;
  const end = () => {
    if (running) progress.end();
    running = false;
  };
  return {
    end,
    start({ epochs: most, train }: { readonly epochs: number; readonly train: FeatureSource }) {
      end();
      [batches, epochs] = [Math.ceil(train.size / train.batchSize), most];
      progress = output.progress("training", epochs * batches);
      running = true;
    },
    see(event: TrainEvent) {
      if (event.type === "batch") {
        const text = `epoch ${event.epoch + 1}, loss ${event.loss.toFixed(3)}`;
        progress.update(event.epoch * batches + event.batch + 1, text);
      } else if (event.type === "resume") {
        const where = `in epoch ${event.epoch + 1}, after ${event.batch} of ${batches} steps of it`;
        output.info(`resumed ${event.epoch < epochs ? where : "after the last epoch"}: times are those since then`);
      } else if (event.type === "epoch") {
        output.info(epochLine(event.epoch, event.epochs, event.logs, event.seconds));
      } else if (event.type === "stop" && event.reason !== "completed") {
        output.info(`stopped: ${event.reason}`);
      }
    },
  };
}

function epochLine(epoch: number, epochs: number, logs: EpochLogs, seconds: number): string {
  const number = String(epoch + 1).padStart(String(epochs).length);
  const part = (prefix: string) =>
    `loss ${logs[`${prefix}loss`]!.toFixed(3)}, accuracy ${percent(logs[`${prefix}accuracy`]!)}`;
  return `epoch ${number}/${epochs}: ${part("")}; validation ${part("val_")} (${seconds.toFixed(1)} s)`;
}
