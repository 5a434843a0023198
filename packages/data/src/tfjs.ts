import type { Batch, BatchSource } from "@cassava/contracts";
import * as tf from "@tensorflow/tfjs";
import { oneHot } from "./batches/assemble.ts";
import { DataError } from "./errors.ts";

/** A batch as tensors. Whoever gets them disposes of them: `tf.dispose(tensors)`. */
export interface BatchTensors {
  /** `[n, height, width, 3]` float32, values as in the batch: 0-255 unless it was rescaled. */
  readonly xs: tf.Tensor4D;
  /** `[n, classes]` float32: soft targets, or 1 in the column of the label. */
  readonly ys: tf.Tensor2D;
}

/**
 * `{ xs, ys }` of a batch, for `model.trainOnBatch(xs, ys)` of a model of your own (loss `categoricalCrossentropy`).
 *
 * Throws a DataError: NO_LABELS for a batch without labels and targets.
 *
 * @param classes number of classes: `source.classes.length`
 */
export function batchTensors(batch: Batch, classes: number): BatchTensors {
  const { ids, shape, labels, targets } = batch;
  const answers = targets ?? (labels && oneHot(labels, classes));
  if (answers === undefined) {
    const message = `batchTensors: the batch of "${ids[0]}" has no labels: leave unlabelled images out, or use batchImages`;
    throw new DataError("NO_LABELS", message);
  }
  return { xs: batchImages(batch), ys: tf.tensor2d(answers, [shape[0], answers.length / Math.max(1, shape[0])]) };
}

/** The images of a batch alone: `[n, height, width, 3]` float32, for `model.predict`. Whoever gets the tensor disposes of it. */
export function batchImages({ images, shape }: Batch): tf.Tensor4D {
  const values = images instanceof Float32Array ? images : Float32Array.from(images);
  return tf.tensor4d(values, [...shape], "float32");
}

/** How {@link tensorDataset} starts. */
export interface TensorDatasetOptions {
  /** The epoch of the first iteration. Default 0. */
  readonly epoch?: number;
}

/**
 * A tf.data Dataset of `{ xs, ys }`, for `model.fitDataset`. Each iteration is the next epoch of `source`, with its own order
 * and views; `fitDataset` iterates once an epoch and disposes of what it gets. Errors of the source are thrown where the
 * Dataset is iterated. Do not put `shuffle` or `cache` of tf.data behind it: they hold tensors.
 */
export function tensorDataset(
  source: BatchSource,
  { epoch = 0 }: TensorDatasetOptions = {},
): tf.data.Dataset<{ xs: tf.Tensor4D; ys: tf.Tensor2D }> {
  let next = epoch;
  return tf.data.generator<{ xs: tf.Tensor4D; ys: tf.Tensor2D }>(() => tensorsOf(source, next++));
}

async function* tensorsOf(source: BatchSource, epoch: number): AsyncGenerator<BatchTensors, void, undefined> {
  for await (const batch of source.batches(epoch)) yield batchTensors(batch, source.classes.length);
}
