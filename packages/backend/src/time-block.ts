import * as tf from "@tensorflow/tfjs";
import { BATCH_NORM_TRAINING } from "./kernels/batch-norm-training.ts";

/** The time of one residual block on the active engine. */
export interface BlockTiming {
  /** What was timed, in words. */
  readonly what: string;
  /** Milliseconds per image: forward and backward, the median of `runs`. */
  readonly msPerImage: number;
  readonly runs: number;
}

const BATCH = 4;
const SIZE = 16;
const CHANNELS = 16;
const EPSILON = 1e-3;

function normalized(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D): tf.Tensor4D {
  if (tf.getKernel(BATCH_NORM_TRAINING, tf.getBackend()) !== undefined) {
    const inputs = { x, scale, offset } as unknown as tf.NamedTensorMap;
    return (tf.engine().runKernel(BATCH_NORM_TRAINING, inputs, { epsilon: EPSILON }) as unknown as tf.Tensor4D[])[0]!;
  }
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.batchNorm4d(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, EPSILON);
}

/** Times conv-norm-relu-conv-norm-add-relu with its gradients; two runs warm up. Frees what it makes. */
export async function timeResidualBlock({ runs = 5 }: { readonly runs?: number } = {}): Promise<BlockTiming> {
  const shape: [number, number, number, number] = [BATCH, SIZE, SIZE, CHANNELS];
  const filterShape: [number, number, number, number] = [3, 3, CHANNELS, CHANNELS];
  const x = tf.randomNormal(shape, 0, 1, "float32", 1);
  const first = tf.randomNormal(filterShape, 0, 0.1, "float32", 2);
  const second = tf.randomNormal(filterShape, 0, 0.1, "float32", 3);
  const scale: tf.Tensor1D = tf.ones([CHANNELS]);
  const offset: tf.Tensor1D = tf.zeros([CHANNELS]);
  const gradients = tf.grads((image, a, b) => {
    const inner = tf.relu(normalized(tf.conv2d(image as tf.Tensor4D, a as tf.Tensor4D, 1, "same"), scale, offset));
    return tf.relu(tf.add(normalized(tf.conv2d(inner, b as tf.Tensor4D, 1, "same"), scale, offset), image));
  });
  const times: number[] = [];
  for (let run = -2; run < runs; run++) {
    const start = performance.now();
    const results = tf.tidy(() => gradients([x, first, second]));
    await Promise.all(results.map((result) => result.data()));
    if (run >= 0) times.push(performance.now() - start);
    tf.dispose(results);
  }
  tf.dispose([x, first, second, scale, offset]);
  times.sort((a, b) => a - b);
  const what = `residual block of two 3x3 convolutions, ${BATCH} images of ${SIZE}x${SIZE}x${CHANNELS}, forward and backward`;
  return { what, msPerImage: times[Math.floor(runs / 2)]! / BATCH, runs };
}
