import type { Callback, Classifier, Store } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, expect, it } from "vitest";
import {
  adam,
  cosineSchedule,
  earlyStopping,
  type FeatureSource,
  type FitOptions,
  type FitResult,
  featureBatches,
  fit,
  isTrainError,
  reduceLROnPlateau,
  sgd,
} from "../src/index.ts";
import { disposeOf, linearClassifier, separable } from "./support.ts";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const validation = featureBatches(separable(30), { batchSize: 16 });

/** Everything that a checkpoint has to carry: moments, sums, averages, a falling rate, callbacks with state, dropout seeds. */
function options(store: Store, more: Partial<FitOptions> = {}): FitOptions {
  return {
    train: featureBatches(separable(60), { batchSize: 8, shuffle: { seed: 3 } }),
    validation,
    epochs: 6,
    optimizer: adam({ learningRate: 0.05 }),
    schedule: cosineSchedule(0.05),
    accumulate: 3,
    ema: { decay: 0.9 },
    clip: { globalNorm: 1 },
    callbacks: [earlyStopping({ patience: 3 }), reduceLROnPlateau({ patience: 1, factor: 0.5, minDelta: 0.05 })],
    checkpoints: { store, everyBatches: 2, resume: true },
    ...more,
  };
}

/** A classifier whose logits depend on the seed of the step, as dropout makes them. */
function noisyClassifier(): Classifier {
  const model = linearClassifier(6, 3);
  return {
    ...model,
    logits: (x, mode, seed) =>
      tf.tidy(() => model.logits(mode === "training" ? tf.dropout(x, 0.3, undefined, seed) : x, mode)),
  };
}

async function weightsOf(model: Classifier): Promise<number[]> {
  const parts = await Promise.all(model.weights.map(({ variable }) => variable.data()));
  return parts.flatMap((part) => [...part]);
}

function mapStore(onPut: () => void = () => {}): Store {
  const map = new Map<string, Uint8Array>();
  return {
    get: async (key) => map.get(key),
    put: async (key, bytes) => {
      map.set(key, bytes.slice());
      onPut();
    },
    delete: async (key) => void map.delete(key),
    async *keys() {
      yield* map.keys();
    },
  };
}

async function run(model: Classifier, given: FitOptions): Promise<{ weights: number[]; result: FitResult }> {
  const result = await fit(model, given).result;
  return { weights: await weightsOf(model), result };
}

it("goes on from any checkpoint to the weights and the history of an undisturbed run, bit for bit", async () => {
  const before = tf.memory().numTensors;
  const model = noisyClassifier();
  let puts = 0;
  const undisturbed = await run(model, options(mapStore(() => puts++)));
  disposeOf(model);
  expect(puts).toBe(6 * 4);
  for (let at = 1; at < puts; at++) {
    let count = 0;
    const store = mapStore(() => {
      if (++count === at) throw new Error("killed");
    });
    const killed = noisyClassifier();
    await expect(fit(killed, options(store)).result).rejects.toThrow("killed");
    disposeOf(killed);
    // Another process: a model with its initial weights, fresh callbacks.
    const fresh = noisyClassifier();
    const resumed = await run(fresh, options(store));
    disposeOf(fresh);
    expect(resumed).toEqual(undisturbed);
  }
  expect(tf.memory().numTensors).toBe(before);
});

it("would notice what a checkpoint forgets", async () => {
  const model = noisyClassifier();
  const undisturbed = await run(model, options(mapStore()));
  disposeOf(model);
  const forgetful: Callback = { ...earlyStopping(), name: "forgetful" };
  const cases: Partial<FitOptions>[] = [
    { callbacks: [forgetful] },
    { seed: 43 },
    { ema: { decay: 0.5 } },
    { accumulate: 1 },
    { schedule: cosineSchedule(0.04) },
  ];
  for (const more of cases) {
    const fresh = noisyClassifier();
    expect(await run(fresh, options(mapStore(), more))).not.toEqual(undisturbed);
    disposeOf(fresh);
  }
});

it("saves on an abort and where the budget is spent, and answers at once for a run that is over", async () => {
  const model = noisyClassifier();
  const undisturbed = await run(model, options(mapStore()));
  disposeOf(model);

  const store = mapStore();
  const controller = new AbortController();
  const stopping: Callback = {
    onBatchEnd: ({ epoch, batch }) => void (epoch === 1 && batch === 4 && controller.abort()),
  };
  const aborted = noisyClassifier();
  const given = options(store, { signal: controller.signal });
  await expect(fit(aborted, { ...given, callbacks: [...given.callbacks!, stopping] }).result).rejects.toThrow("abort");
  disposeOf(aborted);
  const spent = noisyClassifier();
  const { reason, epochs } = await fit(spent, options(store, { maxSeconds: 0 })).result;
  expect([reason, epochs]).toEqual(["the budget of 0 s is spent", 1]);
  disposeOf(spent);
  const fresh = noisyClassifier();
  const places: unknown[] = [];
  const resumed = fit(fresh, options(store));
  for await (const event of resumed) if (event.type === "resume") places.push([event.epoch, event.batch]);
  expect(places).toEqual([[1, 5]]);
  expect({ weights: await weightsOf(fresh), result: await resumed.result }).toEqual(undisturbed);
  disposeOf(fresh);
  const again = noisyClassifier();
  const batches: unknown[] = [];
  const over = fit(again, options(store));
  for await (const event of over) if (event.type === "batch") batches.push(event);
  expect(batches).toEqual([]);
  expect({ weights: await weightsOf(again), result: await over.result }).toEqual(undisturbed);
  disposeOf(again);
});

it("saves on an abort that comes from outside, at any moment: between steps, in reading, in validation", async () => {
  const model = noisyClassifier();
  const undisturbed = await run(model, options(mapStore()));
  disposeOf(model);
  const places = new Set<string>();
  for (let at = 1; at <= 30; at++) {
    const controller = new AbortController();
    const store = mapStore();
    let reads = 0;
    // Every batch that is read or evaluated lets the outside have its turn; the abort comes at one of these turns.
    const slow = (source: FeatureSource): FeatureSource => ({
      ...source,
      async *batches(epoch, signal, from) {
        for await (const batch of source.batches(epoch, signal, from)) {
          await new Promise((resolve) => setTimeout(resolve, 0));
          if (++reads === at) controller.abort(new Error("stopped from outside"));
          signal?.throwIfAborted();
          yield batch;
        }
      },
    });
    const { train, ...rest } = options(store, { signal: controller.signal, validation: slow(validation) });
    const never = { ...rest, checkpoints: { store, resume: true, everyEpochs: 99 } };
    const aborted = noisyClassifier();
    await expect(fit(aborted, { ...never, train: slow(train) }).result).rejects.toThrow("stopped from outside");
    disposeOf(aborted);
    const fresh = noisyClassifier();
    const resumed = fit(fresh, options(store));
    for await (const event of resumed) if (event.type === "resume") places.add(`${event.epoch}/${event.batch}`);
    expect({ weights: await weightsOf(fresh), result: await resumed.result }).toEqual(undisturbed);
    disposeOf(fresh);
  }
  // Eight steps and two batches of validation an epoch, three epochs: every position was resumed from.
  expect(places.size).toBe(27);
});

it("refuses callbacks whose states would overwrite each other, and one that the checkpoint does not know", async () => {
  const model = noisyClassifier();
  const twice = options(mapStore(), { callbacks: [earlyStopping(), earlyStopping()] });
  expect(() => fit(model, twice)).toThrow('two are called "earlyStopping val_loss"');
  const { name: _, ...nameless } = earlyStopping();
  expect(() => fit(model, options(mapStore(), { callbacks: [nameless] }))).toThrow("one has no name");
  const store = mapStore();
  await run(model, options(store, { callbacks: [] }));
  const other = fit(model, options(store, { callbacks: [earlyStopping()] })).result;
  await expect(other).rejects.toThrow('knows no callback "earlyStopping val_loss"');
  disposeOf(model);
});

it("refuses to go on with other data or another frozen part", async () => {
  const store = mapStore();
  const model = noisyClassifier();
  const about = (identity: unknown) => ({ checkpoints: { store, resume: true, identity } });
  await run(model, options(store, about({ split: "a" })));
  const error = await fit(model, options(store, about({ split: "b" }))).result.catch((reason: unknown) => reason);
  expect(isTrainError(error, "CHECKPOINT_INVALID")).toBe(true);
  const frozen = { ...model.frozen, id: "other weights" };
  const moved = fit({ ...model, frozen }, options(store, about({ split: "a" }))).result;
  await expect(moved).rejects.toThrow("other settings");
  disposeOf(model);
});

it("leaves the checkpoint of a real run alone in a trial", async () => {
  const store = mapStore();
  const model = noisyClassifier();
  await fit(model, options(store, { fastDevRun: true })).result;
  expect(await store.get("checkpoint.safetensors")).toBe(undefined);
  disposeOf(model);
});

it("refuses the checkpoint of another run, and a damaged one, in one line each", async () => {
  const store = mapStore();
  const model = noisyClassifier();
  await run(model, options(store));
  const refused = async (more: Partial<FitOptions>, other: Classifier, message: RegExp) => {
    const error = await fit(other, options(store, more)).result.catch((reason: unknown) => reason);
    expect(isTrainError(error, "CHECKPOINT_INVALID")).toBe(true);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
  };
  await refused({ epochs: 7 }, model, /run with other settings .*"epochs":6.*"epochs":7/);
  await refused({ optimizer: sgd({ learningRate: 0.05 }) }, model, /other settings/);
  const wider = linearClassifier(7, 3);
  const data = featureBatches(separable(60, 3, 7), { batchSize: 8, shuffle: { seed: 3 } });
  await refused({ train: data }, wider, /has no weight\/kernel of shape \[7,3\]: it is of another model/);
  const bytes = (await store.get("checkpoint.safetensors"))!;
  for (const [damage, message] of [
    [bytes.slice(0, 5), /is truncated: delete it/],
    [bytes.slice(0, bytes.length - 9), /has no room for/],
    [new TextEncoder().encode("<html><body>not found</body></html>"), /truncated or no safetensors/],
  ] as const) {
    await store.put("checkpoint.safetensors", damage);
    await refused({}, model, message);
  }
  disposeOf(model);
  disposeOf(wider);
});
