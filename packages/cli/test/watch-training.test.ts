import type { FeatureSource } from "@cassava/train";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchTraining } from "../src/run/watch-training.ts";
import { createOutput } from "../src/terminal/output.ts";
import { sparkline } from "../src/terminal/sparkline.ts";

describe("sparkline", () => {
  it("goes from low to high, averages what does not fit, and marks what is not finite", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([7, 7, 0, 0], 2)).toBe("█▁");
    expect(sparkline([2, 1, Number.NaN, 1], 4)).toBe("█▁×▁");
    expect(sparkline([3, 3], 4)).toBe("▁▁");
    expect(sparkline([], 4)).toBe("");
  });
});

describe("training on its way", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Two epochs of five steps of 16 images and a last one of 4, each step 2 s; `from` is the step that it goes on after. */
  function watched(isTTY: boolean, { from = 0, columns = 200 } = {}): string[] {
    const said: string[] = [];
    const stderr = { isTTY, columns, write: (text: string) => said.push(text) };
    const watch = watchTraining(createOutput({}, { stdout: { write: () => true }, stderr, env: {} }));
    watch.start({ epochs: 2, train: { size: 84, batchSize: 16 } as FeatureSource });
    if (from > 0) watch.see({ type: "resume", epoch: 0, batch: from });
    for (let step = from; step < 12; step++) {
      vi.advanceTimersByTime(2000);
      const [epoch, batch] = [Math.floor(step / 6), step % 6];
      watch.see({ type: "batch", epoch, batch, batches: 6, loss: 1 - step / 16 });
      if (batch !== 5) continue;
      const logs = { loss: 0.5, accuracy: 0.5, val_loss: 0.6, val_accuracy: 0.4 };
      watch.see({ type: "epoch", epoch, epochs: 2, logs, seconds: 12 });
    }
    watch.end();
    return said;
  }

  it("is one line with throughput, time left and a picture of the loss on a terminal", () => {
    const drawn = watched(true).filter((text) => text.startsWith("\r\u001b[2Ktraining"));
    expect(drawn).toHaveLength(12);
    // Five steps, of which the first one only starts the clock: 4 x 16 images in 8 s.
    expect(drawn[4]).toBe(
      "\r\u001b[2Ktraining ██████████░░░░░░░░░░░░░░ 41 % (5 of 12), 14 s left, epoch 1, loss 0.750, 8.0 images/s █▇▅▃▁",
    );
    // The last step of an epoch has four images: 68 in 10 s.
    expect(drawn[5]).toContain("loss 0.688, 6.8 images/s █▇▅▄▂▁");
    expect(drawn.every((text) => !text.includes("\n"))).toBe(true);
  });

  it("keeps the picture on a narrow terminal, in place of the bar", () => {
    const drawn = watched(true, { columns: 80 }).filter((text) => text.startsWith("\r\u001b[2Ktraining"));
    expect(drawn[4]).toBe("\r\u001b[2Ktraining █▇▅▃▁ 41 % (5 of 12), 14 s left, epoch 1, loss 0.750, 8.0 images/s");
    expect(drawn.every((text) => text.length < 80 + "\r\u001b[2K".length)).toBe(true);
  });

  it("is a plain line every ten seconds elsewhere, without a picture", () => {
    const said = watched(false);
    expect(said[0]).toBe("training: 41 % (5 of 12), 14 s left, epoch 1, loss 0.750, 8.0 images/s\n");
    expect(said.join("")).not.toMatch(/[▁-█]/);
    expect(said.join("")).not.toContain("\u001b");
    expect(said.filter((text) => text.startsWith("epoch "))).toHaveLength(2);
  });

  it("counts what is left by the pace since it was resumed", () => {
    const said = watched(false, { from: 4 });
    // After five steps of its own nine are done: three more at 2 s each.
    expect(said.find((text) => text.startsWith("training"))).toContain("75 % (9 of 12), 6.0 s left");
  });
});
