import { join } from "node:path";
import { ReportError } from "../errors.ts";
import { histogramBuckets } from "../tensorboard/histogram.ts";
import type { SummaryValue } from "../tensorboard/summary.ts";
import { type EventWriter, openEventWriter } from "./event-writer.ts";

/** Options of {@link tensorBoard}. */
export interface TensorBoardOptions {
  /** The folder for TensorBoard's `--logdir`; `train` and `validation` are made in it. */
  readonly folder: string;
  /** A histogram of every weight after each so many epochs, from the first one on; 0: never. Default 0. */
  readonly histograms?: number;
  /** Step of the first epoch, for one training of several: a whole number from 0, or what gives it after an epoch. Default 0. */
  readonly firstStep?: number | (() => number);
}

/** What the callback asks of an epoch: less than `Callback` of the contracts gives, so that these types do without TensorFlow.js's. */
export interface TensorBoardEpoch {
  /** From 0. */
  readonly epoch: number;
  readonly logs: Readonly<Record<string, number>>;
  readonly run: {
    readonly weights: readonly {
      readonly name: string;
      readonly variable: { data(): Promise<ArrayLike<number>> };
    }[];
  };
}

/** A callback of `fit` of `@cassava/train`. */
export interface TensorBoardCallback {
  onEpochEnd(event: TensorBoardEpoch): Promise<undefined>;
  onRunEnd(): Promise<void>;
}

/**
 * Writes the logs of every epoch as Keras's `TensorBoard` callback does: `loss`, `accuracy`, `learning_rate` and the like as `epoch_loss` and
 * so on into `train/`, `val_loss` and `val_accuracy` under the same tags into `validation/`, the epoch from 0 as step. Weights are written to
 * `train/` as `<name>/histogram`. The files are made with the first epoch and closed when the run ends; a resumed run adds files of its own
 * beside the older ones, and TensorBoard shows them as one. It has no state that a checkpoint would need: a run may be resumed with it that
 * began without it.
 *
 * @throws {ReportError} `INPUT_INVALID`, at once; `WRITE_FAILED` from its hooks
 */
export function tensorBoard({ folder, histograms = 0, firstStep = 0 }: TensorBoardOptions): TensorBoardCallback {
  if (!(Number.isSafeInteger(histograms) && histograms >= 0)) {
    throw new ReportError("INPUT_INVALID", `histograms must be a whole number of epochs from 0; got ${histograms}`);
  }
  const writers = new Map<string, EventWriter>();
  async function write(part: "train" | "validation", step: number, values: readonly SummaryValue[]): Promise<void> {
    if (values.length === 0) return;
    let writer = writers.get(part);
    if (writer === undefined) {
      writer = await openEventWriter(join(folder, part));
      writers.set(part, writer);
    }
    await writer.write(step, values);
  }
  return {
    async onEpochEnd({ epoch, logs, run }) {
      const step = epoch + (typeof firstStep === "number" ? firstStep : firstStep());
      const train: SummaryValue[] = [];
      const validation: SummaryValue[] = [];
      for (const [key, value] of Object.entries(logs)) {
        const held = key.startsWith("val_");
        (held ? validation : train).push({ kind: "scalar", tag: `epoch_${held ? key.slice(4) : key}`, value });
      }
      if (histograms > 0 && epoch % histograms === 0) {
        for (const { name, variable } of run.weights) {
          const buckets = histogramBuckets(await variable.data());
          train.push({ kind: "histogram", tag: `${name.replaceAll(":", "_")}/histogram`, buckets });
        }
      }
      await write("train", step, train);
      await write("validation", step, validation);
      return undefined;
    },
    async onRunEnd() {
      const open = [...writers.values()];
      writers.clear();
      for (const writer of open) await writer.close();
    },
  };
}
