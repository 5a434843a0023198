import type { EpochLogs } from "@cassava/contracts";
import type { FeatureSource, TrainEvent } from "@cassava/train";
import { percent } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import { sparkline } from "../terminal/sparkline.ts";

/** Characters of the picture of the loss. */
const PICTURE = 16;
/** Losses that the picture is made of; older ones are thinned out. */
const KEPT = 1024;

/** Shows progress, with throughput, time left and a picture of the loss, and one line an epoch, of one stage after the other. */
export function watchTraining(output: Output) {
  let progress = output.progress("training", 1);
  let [batches, epochs, batchSize, images] = [1, 0, 1, 0];
  let running = false;
  let losses: number[] = [];
  let pace = throughput();
  const end = () => {
    if (running) progress.end();
    running = false;
  };
  return {
    end,
    start({ epochs: most, train }: { readonly epochs: number; readonly train: FeatureSource }) {
      end();
      [batchSize, images] = [train.batchSize, train.size];
      [batches, epochs] = [Math.ceil(images / batchSize), most];
      progress = output.progress("training", epochs * batches);
      [losses, pace, running] = [[], throughput(), true];
    },
    see(event: TrainEvent) {
      if (event.type === "batch") {
        losses.push(event.loss);
        if (losses.length > KEPT) losses = losses.filter((_, at) => at % 2 === 1);
        const last = event.batch === batches - 1;
        const rate = pace.after(last ? images - event.batch * batchSize : batchSize, event.batch === 0);
        const text = `epoch ${event.epoch + 1}, loss ${event.loss.toFixed(3)}${rate === undefined ? "" : `, ${paceText(rate)}`}`;
        progress.update(event.epoch * batches + event.batch + 1, text, sparkline(losses, PICTURE));
      } else if (event.type === "resume") {
        progress.skip(event.epoch * batches + event.batch);
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

/** Images a second of the steps of the epoch so far: what lies between two epochs is not training. */
function throughput() {
  let [since, seen] = [0, 0];
  return {
    /** Counts a step of so many images; undefined for the first of an epoch, whose beginning was not seen. */
    after(images: number, first: boolean): number | undefined {
      const now = performance.now();
      if (first || since === 0) {
        [since, seen] = [now, 0];
        return undefined;
      }
      seen += images;
      return (1000 * seen) / Math.max(1, now - since);
    },
  };
}

function paceText(rate: number): string {
  return `${rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString("en")} images/s`;
}

function epochLine(epoch: number, epochs: number, logs: EpochLogs, seconds: number): string {
  const number = String(epoch + 1).padStart(String(epochs).length);
  const part = (prefix: string) =>
    `loss ${logs[`${prefix}loss`]!.toFixed(3)}, accuracy ${percent(logs[`${prefix}accuracy`]!)}`;
  return `epoch ${number}/${epochs}: ${part("")}; validation ${part("val_")} (${seconds.toFixed(1)} s)`;
}
