import type { Batch, BatchSource, EncodedBatch } from "@cassava/contracts";
import { oneHot } from "../batches/assemble.ts";
import { DataError } from "../errors.ts";
import { sha256 } from "../hash.ts";
import { random, shuffled } from "../random.ts";
import { symmetricBeta } from "./beta.ts";

/** How {@link mixUp} mixes. */
export interface MixUpOptions {
  /** Of the Beta(alpha, alpha) distribution of the weights, above 0; the smaller, the less is mixed. Default 0.2, Keras's. */
  readonly alpha?: number;
  readonly seed: number;
}

/** Which batch {@link MixUp} is given. */
export interface MixUpPlace {
  readonly epoch: number;
  /** Of the batch in its epoch, from 0. */
  readonly index: number;
  /** Number of classes. */
  readonly classes: number;
}

/** Mixes the images of a batch with one another. */
export type MixUp = (batch: Batch, place: MixUpPlace) => Promise<Batch>;

/** Which image is mixed into each, and how much of it stays. */
interface Mixture {
  /** `[n]` position of the image that is mixed in: a permutation. */
  readonly partners: readonly number[];
  /** `[n]` weight of the image itself, 0 … 1. */
  readonly weights: readonly number[];
}

/**
 * MixUp (Zhang et al., arXiv 1710.09412) as `keras.layers.MixUp` does it: image i becomes `w x[i] + (1 - w) x[p(i)]`, with p
 * a permutation of the batch and w of its own for each image; labels become `targets` mixed alike. A pure function of
 * seed, epoch, index and batch. Bytes stay bytes, rounded half up; ids and views stay; a hash becomes that of the mixture,
 * so that no cache takes the mixed image for the plain one.
 *
 * Throws a DataError: at once OPTION_INVALID; of a batch without labels and targets NO_LABELS.
 */
export function mixUp(options: MixUpOptions): MixUp {
  const alpha = checkedAlpha(options);
  return async (batch, { epoch, index, classes }) => {
    const mixture = draw(batch.ids.length, alpha, [options.seed, epoch, index]);
    const { labels, ...rest } = batch;
    const images = mixImages(batch.images, batch.ids.length, mixture);
    return { ...rest, ...(await mixDescription(batch, mixture, classes)), images };
  };
}

/** Every batch of `source` under {@link mixUp}, decoded or not. */
export function mixUpBatches(source: BatchSource, options: MixUpOptions): BatchSource {
  const alpha = checkedAlpha(options);
  const mix = mixUp(options);
  const classes = source.classes.length;
  return {
    ...source,
    async *batches(epoch, signal) {
      let index = 0;
      for await (const batch of source.batches(epoch, signal)) yield mix(batch, { epoch, index: index++, classes });
    },
    async *encoded(epoch, signal) {
      let index = 0;
      for await (const batch of source.encoded(epoch, signal)) {
        const place = { epoch, index: index++, classes };
        const mixture = draw(batch.ids.length, alpha, [options.seed, epoch, place.index]);
        const { labels, ...rest } = batch;
        const decode = async (): Promise<Batch> => mix(await batch.decode(), place);
        yield { ...rest, ...(await mixDescription(batch, mixture, classes)), decode };
      }
    },
  };
}

function draw(n: number, alpha: number, [seed, epoch, index]: readonly [number, number, number]): Mixture {
  const chance = random(seed, "mixup", epoch, index);
  const partners = shuffled(
    Array.from({ length: n }, (_, at) => at),
    chance,
  );
  return { partners, weights: partners.map(() => symmetricBeta(alpha, chance)) };
}

async function mixDescription(
  batch: Omit<EncodedBatch, "decode">,
  { partners, weights }: Mixture,
  classes: number,
): Promise<{ readonly targets: Float32Array; readonly hashes: readonly string[] }> {
  const { ids, hashes, views, labels } = batch;
  const answers = batch.targets ?? (labels && oneHot(labels, classes));
  if (answers === undefined) {
    throw new DataError("NO_LABELS", `mixUp: the batch of "${ids[0]}" has no labels: leave unlabelled images out`);
  }
  const width = answers.length / Math.max(1, ids.length);
  const targets = new Float32Array(answers.length);
  for (const [i, j] of partners.entries()) {
    const w = weights[i]!;
    for (let k = 0; k < width; k++)
      targets[i * width + k] = w * answers[i * width + k]! + (1 - w) * answers[j * width + k]!;
  }
  const nameOf = (at: number): string => JSON.stringify([ids[at], hashes[at], views[at]]);
  const mixed = partners.map((j, i) =>
    sha256(new TextEncoder().encode(`mixup ${weights[i]} ${nameOf(i)} ${nameOf(j)}`)),
  );
  return { targets, hashes: await Promise.all(mixed) };
}

function mixImages<T extends Uint8Array | Float32Array>(images: T, n: number, { partners, weights }: Mixture): T {
  const length = images.length / Math.max(1, n);
  const out = images.slice() as T;
  const rounding = images instanceof Uint8Array ? 0.5 : 0;
  for (const [i, j] of partners.entries()) {
    const w = weights[i]!;
    if (i === j || w === 1) continue;
    const [at, from] = [i * length, j * length];
    for (let k = 0; k < length; k++) out[at + k] = w * images[at + k]! + (1 - w) * images[from + k]! + rounding;
  }
  return out;
}

function checkedAlpha({ alpha = 0.2 }: MixUpOptions): number {
  if (alpha > 0 && Number.isFinite(alpha)) return alpha;
  throw new DataError("OPTION_INVALID", `mixUp: alpha is ${alpha}: use a finite number above 0, such as 0.2`);
}
