import {
  adam,
  type Classifier,
  extractFeatures,
  type FeaturePrecision,
  featureBatches,
  fit,
  type Store,
} from "@cassava/train";
import * as tf from "@tensorflow/tfjs";

const [IMAGES, WIDTH, HIDDEN, CLASSES, EPOCHS] = [96, 48, 24, 4, 6];
const classes = Array.from({ length: CLASSES }, (_, index) => ({ index, name: `class ${index}` }));

/** What a training of a head on cached features gave. */
export interface HeadOutcome {
  /** Mean loss of every epoch, then of its validation. */
  readonly losses: readonly number[];
  /** How many images of the second extraction came from the cache. */
  readonly cached: number;
}

/**
 * Extracts features into a cache, extracts them again from it, and trains a head with dropout on them: the same in Node and in a page, on
 * the current engine.
 */
export async function trainHead(precision: FeaturePrecision): Promise<HeadOutcome> {
  const cache = mapStore();
  await extractFeatures(frozen, source, { cache, precision });
  const set = await extractFeatures(frozen, source, { cache, precision });
  const model = head();
  const { history } = await fit(model, {
    train: featureBatches(set, { batchSize: 16, shuffle: { seed: 3 } }),
    validation: featureBatches(set, { batchSize: 32 }),
    epochs: EPOCHS,
    optimizer: adam({ learningRate: 0.01 }),
    checkLeaks: true,
  }).result;
  for (const { variable } of model.weights) variable.dispose();
  return { losses: [...history.loss!, ...history.val_loss!], cached: set.cached };
}

/** Numbers in [-1, 1) that depend on `seed` only. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const ids = Array.from({ length: IMAGES }, (_, i) => `image-${i}`);
const projection = numbers(3 * WIDTH, 7);

/** One pixel an image, through random weights and a relu: plain JavaScript, so that every machine has the same features. */
const frozen = {
  id: "projection",
  inputSize: [1, 1] as const,
  outputShape: [WIDTH],
  async run({ ids: some, images }: { readonly ids: readonly string[]; readonly images: ArrayLike<number> }) {
    return Float32Array.from({ length: some.length * WIDTH }, (_, k) => {
      const [i, j] = [Math.floor(k / WIDTH), k % WIDTH];
      let sum = 0;
      for (let c = 0; c < 3; c++) sum += (images[3 * i + c]! / 255) * projection[c * WIDTH + j]!;
      return Math.max(0, sum);
    });
  },
  dispose() {},
};

const source = {
  classes,
  size: IMAGES,
  pixels: "one",
  async *encoded() {
    for (let from = 0; from < IMAGES; from += 10) {
      const some = ids.slice(from, from + 10);
      const at = some.map((_, i) => from + i);
      const pixels = Uint8Array.from(at.flatMap((i) => [(i * 37) % 256, (i * 91) % 256, (i * 53) % 256]));
      const labels = Int32Array.from(at, (i) => Math.floor(((i * 37) % 256) / 64));
      const about = { ids: some, labels, views: new Int32Array(some.length), hashes: some };
      yield { ...about, decode: async () => ({ ...about, images: pixels, shape: [some.length, 1, 1, 3] as const }) };
    }
  },
  async *batches() {
    for await (const batch of source.encoded()) yield await batch.decode();
  },
};

function head(): Classifier {
  const weight = (name: string, shape: number[], seed: number) => {
    const values = numbers(
      shape.reduce((a, b) => a * b),
      seed,
    ).map((value) => value * 0.3);
    return { name, trainable: true, variable: tf.tidy(() => tf.variable(tf.tensor(values, shape))) };
  };
  const weights = [
    weight("hidden/kernel", [WIDTH, HIDDEN], 1),
    weight("hidden/bias", [HIDDEN], 2),
    weight("logits/kernel", [HIDDEN, CLASSES], 3),
    weight("logits/bias", [CLASSES], 4),
  ];
  const [w1, b1, w2, b2] = weights.map(({ variable }) => variable as tf.Tensor);
  return {
    frozen,
    classes,
    weights,
    contract: { mode: "tf", inputRange: [0, 255], inputSize: [1, 1], resize: "antialiased-bilinear" },
    logits(x, mode, seed) {
      const hidden = x.matMul(w1!).add(b1!).relu();
      const kept = mode === "training" ? tf.dropout(hidden, 0.2, undefined, seed) : hidden;
      return kept.matMul(w2!).add(b2!);
    },
  };
}

function mapStore(): Store {
  const map = new Map<string, Uint8Array>();
  return {
    get: async (key) => map.get(key)?.slice(),
    put: async (key, bytes) => void map.set(key, bytes.slice()),
    delete: async (key) => void map.delete(key),
    async *keys() {
      yield* map.keys();
    },
  };
}
