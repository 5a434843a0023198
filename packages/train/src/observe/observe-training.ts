import type { Callback, NamedWeight } from "@cassava/contracts";
import type { BatchObservations, WeightObservation, WeightObservations } from "@cassava/metrics/diagnosis";
import * as tf from "@tensorflow/tfjs";
import type { FeatureSource } from "../features/feature-source.ts";

/** Losses of steps that are kept. */
const MOST_LOSSES = 5000;
/** Epochs whose order is kept as a hash. */
const MOST_ORDERS = 5;
/** Elements of a weight above which it is not compared: a copy of it would cost too much. */
const MOST_ELEMENTS = 2 ** 22;
/** Steps of a run whose updates are measured, early ones: later a rate that is too high has made the weights so large that it looks small. */
const MEASURED_STEPS = new Set([1, 4, 16]);

/** What a diagnosis wants to know of a training while it runs. */
export interface TrainingObserver {
  /** The same batches, looked at as they pass: labels of the first epoch, the order of the first few, the time spent waiting. */
  watch(source: FeatureSource): FeatureSource;
  /** A callback for one run: losses of the steps, and how weights change. Several stages may have one each. */
  callback(): Callback;
  /** What was seen so far. */
  readonly batches: BatchObservations;
  readonly weights: WeightObservations;
}

/** Looks at a training for `diagnose` of @cassava/metrics, at the cost of copies of some weights at a few steps. */
export function observeTraining(): TrainingObserver {
  let labels: readonly number[][] = [];
  const orders: string[] = [];
  const losses: number[] = [];
  const seen = new Map<string, { trainable: boolean; changed?: boolean; ratios: number[] }>();
  let [waited, elapsed] = [0, 0];
  let batchesOfEpoch = 0;

  return {
    watch(source) {
      batchesOfEpoch = Math.ceil(source.size / source.batchSize);
      return {
        ...source,
        async *batches(epoch, signal, from = 0) {
          const started = performance.now();
          const collected: number[][] = [];
          let hash = 0x811c9dc5;
          let asked = started;
          try {
            for await (const batch of source.batches(epoch, signal, from)) {
              waited += performance.now() - asked;
              if (orders.length < MOST_ORDERS) for (const id of batch.ids) hash = mix(hash, id);
              if (labels.length === 0 && batch.labels) collected.push([...batch.labels]);
              yield batch;
              asked = performance.now();
            }
          } finally {
            elapsed += performance.now() - started;
          }
          // Only whole epochs say how images are ordered: one that was resumed or left early says nothing.
          if (from > 0) return;
          if (labels.length === 0) labels = collected;
          if (orders.length < MOST_ORDERS) orders.push((hash >>> 0).toString(16));
        },
      };
    },
    callback() {
      let step = 0;
      let first = new Map<string, tf.Tensor>();
      let before = new Map<string, tf.Tensor>();
      const forget = (kept: Map<string, tf.Tensor>) => {
        for (const tensor of kept.values()) tensor.dispose();
        kept.clear();
      };
      return {
        onRunStart({ weights }) {
          for (const { name, trainable } of weights) seen.set(name, { ratios: [], ...seen.get(name), trainable });
          first = copies(weights.filter(({ trainable }) => trainable));
        },
        async onBatchEnd({ batch, loss, run }) {
          if (losses.length < MOST_LOSSES) losses.push(loss);
          if (before.size > 0) {
            for (const { name, variable } of run.weights) {
              const old = before.get(name);
              if (old === undefined) continue;
              const [moved, size] = await norms(variable, old);
              if (moved > 0 && size > 0) seen.get(name)!.ratios.push(Math.log10(moved / size));
            }
            forget(before);
          }
          step++;
          // A copy must not outlive its epoch, which is checked for tensors that are left behind.
          const another = batch + 1 < batchesOfEpoch;
          if (another && MEASURED_STEPS.has(step))
            before = copies(run.weights.filter(({ variable }) => variable.rank > 1));
          return undefined;
        },
        async onEpochEnd({ run }) {
          // Once is enough: after an epoch the copies of what the weights were at the start can go.
          for (const { name, variable } of run.weights) {
            const old = first.get(name);
            if (old !== undefined) seen.get(name)!.changed = (await norms(variable, old))[0] !== 0;
          }
          forget(first);
          forget(before);
          return undefined;
        },
        onRunEnd() {
          forget(first);
          forget(before);
        },
      };
    },
    get batches(): BatchObservations {
      return {
        ...(labels.length > 0 && { labels }),
        orderHashes: orders,
        losses,
        ...(elapsed > 0 && { inputWait: waited / elapsed }),
      };
    },
    get weights(): WeightObservations {
      const weights = [...seen].map(([name, { trainable, changed, ratios }]): WeightObservation => {
        const largest = Math.max(...ratios);
        return {
          name,
          trainable,
          ...(changed !== undefined && { changed }),
          ...(ratios.length > 0 && { logUpdateRatio: largest }),
        };
      });
      return { weights };
    },
  };
}

/** Copies of weights; a copy shares its data until the weight changes. */
function copies(weights: readonly NamedWeight[]): Map<string, tf.Tensor> {
  return new Map(
    weights
      .filter(({ variable }) => variable.size <= MOST_ELEMENTS)
      .map(({ name, variable }) => [name, variable.clone()]),
  );
}

/** Norms of the change and of the weight before it. */
async function norms(now: tf.Tensor, old: tf.Tensor): Promise<readonly [number, number]> {
  const both = tf.tidy(() => tf.stack([now.sub(old).square().sum(), old.square().sum()]).sqrt());
  const [moved, size] = await both.data();
  both.dispose();
  return [moved!, size!];
}

/** FNV-1a over the characters of a name and a separator. */
function mix(hash: number, name: string): number {
  let mixed = hash;
  for (let i = 0; i < name.length; i++) mixed = Math.imul(mixed ^ name.charCodeAt(i), 0x01000193);
  return Math.imul(mixed ^ 0xff, 0x01000193);
}
