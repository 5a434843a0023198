import type { Callback, EpochLogs, TrainingRun } from "@cassava/contracts";
import { expect, it } from "vitest";
import { csvLogger, jsonLogger, learningRateScheduler, modelCheckpoint, reduceLROnPlateau } from "../src/index.ts";

/** Feeds epochs of logs to callbacks, as `fit` does; returns the scale of the rate after each. */
async function feed(callback: Callback, epochs: readonly EpochLogs[], from = 0): Promise<number[]> {
  const run: TrainingRun = { epochs: epochs.length, weights: [], learningRateScale: 1 };
  const scales: number[] = [];
  for (const [i, logs] of epochs.entries()) {
    await callback.onEpochStart?.({ epoch: from + i, run });
    await callback.onEpochEnd?.({ epoch: from + i, logs, run });
    scales.push(run.learningRateScale);
  }
  return scales;
}

const losses = (...values: number[]) => values.map((val_loss) => ({ loss: 1, val_loss }));

it("reduceLROnPlateau waits, reduces, cools down, and stops at its least", async () => {
  const plateau = () => reduceLROnPlateau({ patience: 2, factor: 0.5, cooldown: 1, minScale: 0.2 });
  expect(await feed(plateau(), losses(1, 1, 1, 1, 1, 1, 1, 1, 1))).toEqual(
    [1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2].map((x) => expect.closeTo(x)),
  );
  expect(await feed(plateau(), losses(5, 4, 3, 2, 1, 0.5))).toEqual([1, 1, 1, 1, 1, 1]);
  // A gain below minDelta is none.
  expect(await feed(plateau(), losses(1, 0.99995, 0.9999))).toEqual([1, 1, 0.5]);
});

it("learningRateScheduler sets the scale before the epoch", async () => {
  expect(
    await feed(
      learningRateScheduler((epoch, scale) => (epoch < 2 ? scale : scale / 2)),
      losses(1, 1, 1, 1),
    ),
  ).toEqual([1, 1, 0.5, 0.25]);
  await expect(
    feed(
      learningRateScheduler(() => Number.NaN),
      losses(1),
    ),
  ).rejects.toThrow("the scale of epoch 1 must be a number");
});

it("modelCheckpoint keeps the best k, the last, and never one that is not finite", async () => {
  const models = new Set<string>();
  const options = {
    save: async (name: string) => void models.add(name),
    remove: async (name: string) => void models.delete(name),
  };
  const top = modelCheckpoint({ ...options, topK: 2, last: true });
  await feed(top, losses(3, 2, 4, Number.NaN, 1));
  expect([...models].sort()).toEqual(["epoch-0002", "epoch-0005", "last"]);
  models.clear();
  await feed(modelCheckpoint({ ...options, last: true }), [{ loss: Number.NaN, val_loss: 1 }]);
  expect([...models]).toEqual([]);
  const saved: number[] = [];
  const best = () => modelCheckpoint({ save: async (_, logs) => void saved.push(logs.val_loss!) });
  const first = best();
  await feed(first, losses(3, 2));
  const resumed = best();
  resumed.restore!(await first.save!());
  await feed(resumed, losses(2.5, 1.5), 2);
  expect(saved).toEqual([3, 2, 1.5]);
});

it("loggers write what Keras's CSVLogger writes, and JSON lines", async () => {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  const first = csvLogger(write);
  await feed(first, [{ loss: 2, accuracy: 0.5 }]);
  const resumed = csvLogger(write);
  resumed.restore!(await first.save!());
  await feed(resumed, [{ loss: 1, accuracy: 0.75 }], 1);
  expect(text).toBe("epoch,accuracy,loss\n0,0.5,2\n1,0.75,1\n");
  text = "";
  await feed(jsonLogger(write), [{ loss: Number.NaN, accuracy: 0.5 }]);
  expect(JSON.parse(text)).toEqual({ epoch: 0, loss: null, accuracy: 0.5 });
});
