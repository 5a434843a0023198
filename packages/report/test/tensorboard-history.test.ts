import { describe, expect, it } from "vitest";
import { historyOfEvents, type RunValue } from "../src/tensorboard.ts";

/** Scalars of a run as `[tag, step, value]`. */
const scalars = (run: string | undefined, rows: readonly (readonly [string, number, number])[]): RunValue[] =>
  rows.map(([tag, step, value]) => ({
    kind: "scalar",
    tag,
    step,
    value,
    wallTime: 1,
    ...(run !== undefined && { run }),
  }));
const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ name: "ReportError", code, message: expect.stringMatching(message) });

describe("the history of events", () => {
  it("of Keras's callback leaves its other series out", async () => {
    const train = scalars("train", [
      ["epoch_loss", 0, 1],
      ["epoch_sparse_categorical_accuracy", 0, 0.4],
      ["epoch_learning_rate", 0, 1e-3],
      ["epoch_train_loss", 0, 0.9],
      ["batch_loss", 0, 7],
      ["loss", 5, 9],
      ["epoch_loss", 1, Number.NaN],
    ]);
    const validation = scalars("validation", [
      ["epoch_loss", 0, 1.5],
      ["epoch_acc", 0, 0.3],
      ["evaluation_loss_vs_iterations", 12, 7],
    ]);
    expect(await historyOfEvents([...train, ...validation])).toEqual([
      { loss: 1, accuracy: 0.4, learning_rate: 1e-3, train_loss: 0.9, val_loss: 1.5, val_accuracy: 0.3 },
      { loss: Number.NaN },
    ]);
  });

  it.each([
    ["Loss/train", "Loss/val", "Accuracy/train", "Accuracy/valid", "lr"],
    ["train/loss", "validation/loss", "training/acc", "eval/acc", "train/lr"],
    ["train_loss_epoch", "val_loss_epoch", "train_acc_epoch", "val_acc_epoch", "learning_rate"],
    ["loss", "val_loss", "accuracy", "val_accuracy", "learning_rate"],
  ])("of tags such as %s, %s", async (loss, valLoss, accuracy, valAccuracy, rate) => {
    const rows = [0, 1].flatMap(
      (step) =>
        [
          [loss, step, 1],
          [valLoss, step, 2],
          [accuracy, step, 3],
          [valAccuracy, step, 4],
          [rate, step, 5],
          ["constructor", step, 6],
          ["train_loss_step", step + 0.5, 7],
        ] as const,
    );
    const row = { loss: 1, val_loss: 2, accuracy: 3, val_accuracy: 4, learning_rate: 5 };
    expect(await historyOfEvents(scalars(undefined, rows))).toEqual([row, row]);
  });

  it("drops what a resumed run repeats, and what an abandoned one had beyond it", async () => {
    const rows = [0, 1, 2, 3].map((step) => ["epoch_loss", step, step] as const);
    const again = [2, 3, 4].map((step) => ["epoch_loss", step, 10 + step] as const);
    const values = (...all: (typeof rows)[]) => scalars("train", all.flat());
    const losses = async (found: RunValue[]) => (await historyOfEvents(found)).map(({ loss }) => loss);
    expect(await losses(values(rows, again))).toEqual([0, 1, 12, 13, 14]);
    expect(await losses(values(rows, again.slice(0, 1)))).toEqual([0, 1, 12]);
    expect(await losses(values(rows, rows.slice(0, 1)))).toEqual([0]);
  });

  it("takes the first of two series of one key", async () => {
    const rows = [["loss", 0, 1] as const, ["train/loss", 0, 2] as const, ["train/loss", 1, 3] as const];
    expect(await historyOfEvents(scalars(".", rows))).toEqual([{ loss: 1 }]);
  });

  it("is refused for several runs, and where there is no loss and no accuracy", async () => {
    const two = ["a/train", "b/train"].flatMap((run) => scalars(run, [["epoch_loss", 0, 1]]));
    await expect(historyOfEvents(two)).rejects.toThrow(
      refusal("EVENTS_INVALID", /several runs \(a, b\): name the folder/),
    );
    const other = scalars(".", [
      ["reward", 0, 1],
      ["lr", 0, 1],
    ]);
    await expect(historyOfEvents(other)).rejects.toThrow(refusal("EVENTS_MISSING", /its scalars are lr, reward$/));
    await expect(historyOfEvents([])).rejects.toThrow(refusal("EVENTS_MISSING", /there are no scalars$/));
  });
});
