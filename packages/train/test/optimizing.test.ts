import type { NamedWeight } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  cosineSchedule,
  exponentialSchedule,
  featureBatches,
  findLearningRate,
  fit,
  focalCrossentropy,
  isTrainError,
  oneCycleSchedule,
  polynomialSchedule,
  rmsprop,
  sgd,
  stepSchedule,
} from "../src/index.ts";
import { type WeightUpdateOptions, weightUpdates } from "../src/optimizers/weight-updates.ts";
import { disposeOf, linearClassifier, separable } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function weightsOf(values: Record<string, number[]>): NamedWeight[] {
  return Object.entries(values).map(([name, data]) => ({
    name,
    trainable: true,
    variable: tf.tidy(() => tf.variable(tf.tensor1d(data))),
  }));
}

/** Weights after steps of given gradients at rate 1. */
async function after(options: WeightUpdateOptions, steps: readonly Record<string, number[]>[], average = false) {
  const before = tf.memory().numTensors;
  const weights = weightsOf(
    Object.fromEntries(Object.entries(steps[0]!).map(([name, data]) => [name, data.map(() => 0)])),
  );
  const updates = weightUpdates(weights, options);
  for (const step of steps) {
    tf.tidy(() => {
      const gradients = Object.fromEntries(
        weights.map(({ name, variable }) => [variable.name, tf.tensor1d(step[name]!)]),
      );
      updates.apply(gradients, 1);
    });
  }
  if (average) updates.swapAverages();
  const values = await Promise.all(weights.map(async ({ variable }) => [...(await variable.data())]));
  updates.dispose();
  for (const { variable } of weights) variable.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

describe("gradients", () => {
  const gradients = { a: [3, -4], b: [12, 0] };
  const close = (values: number[][]) => values.map((row) => row.map((value) => expect.closeTo(value, 5)));
  it("are clipped by value, by the norm of each weight, or by that of all", async () => {
    const optimizer = sgd();
    expect(await after({ optimizer, clip: { value: 2 } }, [gradients])).toEqual(
      close([
        [-2, 2],
        [-2, 0],
      ]),
    );
    // |a| = 5, |b| = 12; together 13.
    expect(await after({ optimizer, clip: { norm: 10 } }, [gradients])).toEqual(
      close([
        [-3, 4],
        [-10, 0],
      ]),
    );
    expect(await after({ optimizer, clip: { globalNorm: 6.5 } }, [gradients])).toEqual(
      close([
        [-1.5, 2],
        [-6, 0],
      ]),
    );
    expect(await after({ optimizer, clip: { globalNorm: 20 } }, [gradients])).toEqual(
      close([
        [-3, 4],
        [-12, 0],
      ]),
    );
  });
  it("are averaged over the steps of an accumulation, and clipped as an average", async () => {
    const steps = [{ a: [2] }, { a: [4] }, { a: [100] }];
    expect(await after({ optimizer: sgd(), accumulate: 2 }, steps)).toEqual([[-3]]);
    expect(await after({ optimizer: sgd(), accumulate: 2, clip: { value: 2.5 } }, steps)).toEqual([[-2.5]]);
  });
  it("move weights at the rate of the first group that names them", async () => {
    const groups = [
      { weights: /^b/, rate: 0.1 },
      { weights: (name: string) => name === "a", rate: 0 },
      { weights: /./, rate: 9 },
    ];
    expect(await after({ optimizer: sgd(), groups }, [gradients])).toEqual(
      close([
        [0, 0],
        [-1.2, 0],
      ]),
    );
  });
  it("leave an average behind as Keras's use_ema does: first the weight, then by the decay", async () => {
    const steps = [{ a: [1] }, { a: [1] }, { a: [1] }];
    // Weights -1, -2, -3; averages -1, .8 * -1 + .2 * -2 = -1.2, .8 * -1.2 + .2 * -3 = -1.56.
    expect(await after({ optimizer: sgd(), ema: { decay: 0.8 } }, steps, true)).toEqual(close([[-1.56]]));
    expect(await after({ optimizer: sgd(), ema: { decay: 0.8 } }, steps)).toEqual([[-3]]);
  });
  it("are refused in options that make no sense", () => {
    const bad: Partial<WeightUpdateOptions>[] = [
      { clip: { value: 1, norm: 1 } },
      { clip: { value: 0 } },
      { accumulate: 0 },
      { ema: { decay: 1 } },
      { groups: [{ weights: /a/, rate: -1 }] },
    ];
    for (const options of bad) {
      expect(() => weightUpdates([], { optimizer: sgd(), ...options })).toThrow(
        expect.toSatisfy((error) => isTrainError(error, "OPTION_INVALID")),
      );
    }
  });
});

it("rmsprop follows its formula", async () => {
  // s1 = .1 * 4 = .4, step 2 / sqrt(.4); s2 = .9 * .4 + .1 * 1 = .46, step 1 / sqrt(.46).
  const plain = -2 / Math.sqrt(0.4) - 1 / Math.sqrt(0.46);
  expect(await after({ optimizer: rmsprop() }, [{ a: [2] }, { a: [1] }])).toEqual([[expect.closeTo(plain, 4)]]);
  const centered = -2 / Math.sqrt(0.4 - 0.04) - 1 / Math.sqrt(0.46 - 0.28 ** 2);
  expect(await after({ optimizer: rmsprop({ centered: true }) }, [{ a: [2] }, { a: [1] }])).toEqual([
    [expect.closeTo(centered, 4)],
  ]);
  const [first, second] = [2 / Math.sqrt(0.4), 1 / Math.sqrt(0.46)];
  const moved = -first - (0.5 * first + second);
  expect(await after({ optimizer: rmsprop({ momentum: 0.5 }) }, [{ a: [2] }, { a: [1] }])).toEqual([
    [expect.closeTo(moved, 4)],
  ]);
});

it("focal loss counts what is right less, by class where alpha is a list", async () => {
  const logits = tf.tensor2d([0, 0, 3, 0], [2, 2]);
  const targets = { labels: Int32Array.from([0, 0]) };
  const p = 1 / (1 + Math.exp(-3));
  const value = async (options: Parameters<typeof focalCrossentropy>[0]) =>
    (await focalCrossentropy(options).compute(logits, targets, "training").data())[0]!;
  expect(await value({})).toBeCloseTo((0.25 * (0.25 * Math.LN2 - (1 - p) ** 2 * Math.log(p))) / 2, 6);
  expect(await value({ gamma: 0, alpha: [2, 7] })).toBeCloseTo(Math.LN2 - Math.log(p), 6);
  logits.dispose();
});

describe("schedules", () => {
  it("follow their formulas", () => {
    const steps = stepSchedule(1, { at: [0.5, 0.75], factor: 0.1 });
    expect([0, 49, 50, 74, 75, 99].map((step) => steps(step, 100))).toEqual([
      1, 1, 0.1, 0.1, 0.010000000000000002, 0.010000000000000002,
    ]);
    expect(exponentialSchedule(1, { decayRate: 0.5, decaySteps: 10 })(15, 100)).toBeCloseTo(0.5 ** 1.5, 10);
    expect(exponentialSchedule(1, { decayRate: 0.5, decaySteps: 10, staircase: true })(19, 100)).toBe(0.5);
    expect(polynomialSchedule(1, { final: 0.1, power: 2 })(50, 100)).toBeCloseTo(0.9 * 0.25 + 0.1, 10);
    expect(polynomialSchedule(1, { final: 0.1, decaySteps: 10 })(50, 100)).toBe(0.1);
  });
  it("restart at longer periods and lower heights", () => {
    const rate = cosineSchedule(1, { warmup: 0, restarts: 1, periodFactor: 3, restartFactor: 0.5 });
    expect(rate(0, 40)).toBe(1);
    expect(rate(5, 40)).toBeCloseTo(0.5, 10);
    expect(rate(10, 40)).toBeCloseTo(0.5, 10);
    expect(rate(25, 40)).toBeCloseTo(0.25, 10);
    expect(rate(40, 40)).toBeCloseTo(0, 10);
  });
  it("rise once and fall once in one cycle, as PyTorch's OneCycleLR(max_lr=1, total_steps=10)", () => {
    // torch.optim.lr_scheduler.OneCycleLR, written out: top at step .3 * 10 - 1 = 2, end at step 9.
    const rate = oneCycleSchedule(1);
    const cosine = (from: number, to: number, share: number) =>
      to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
    expect(rate(0, 10)).toBeCloseTo(0.04, 10);
    expect(rate(1, 10)).toBeCloseTo(cosine(0.04, 1, 0.5), 10);
    expect(rate(2, 10)).toBeCloseTo(1, 10);
    expect(rate(5, 10)).toBeCloseTo(cosine(1, 4e-6, 3 / 7), 10);
    expect(rate(9, 10)).toBeCloseTo(4e-6, 10);
  });
});

it("finds a learning rate between doing nothing and divergence, and puts the weights back", async () => {
  const model = linearClassifier(6, 3);
  const before = [...(await model.weights[0]!.variable.data())];
  const held = tf.memory().numTensors;
  // Some labels are wrong: no weights get the loss to zero, and large steps overshoot.
  const set = separable(60);
  const labels = set.labels!.map((label, i) => (i % 5 === 0 ? (label + 1) % 3 : label));
  const train = featureBatches({ ...set, labels }, { batchSize: 20, shuffle: { seed: 1 } });
  const { points, suggestion, divergedAt } = await findLearningRate(model, {
    train,
    optimizer: sgd(),
    from: 1e-4,
    to: 1e4,
  });
  expect(suggestion).toBeGreaterThan(1e-3);
  expect(divergedAt).toBeGreaterThan(suggestion!);
  expect(points.at(-1)!.learningRate).toBe(divergedAt);
  expect([...(await model.weights[0]!.variable.data())]).toEqual(before);
  expect(tf.memory().numTensors).toBe(held);
  // The suggestion trains; a hundredth of it hardly moves.
  const final = async (rate: number) => {
    const fresh = linearClassifier(6, 3);
    const { history } = await fit(fresh, { train, epochs: 5, optimizer: sgd({ learningRate: rate }) }).result;
    disposeOf(fresh);
    return history.loss!.at(-1)!;
  };
  expect(await final(suggestion!)).toBeLessThan(0.8 * (await final(suggestion! / 100)));
  disposeOf(model);
});
