import type { Batch, EncodedBatch } from "@cassava/contracts";
import type { LoadedImage } from "./load-image.ts";
import type { Slot } from "./views.ts";

/** The form that images and labels take in a batch. */
export interface BatchForm {
  readonly size: readonly [height: number, width: number];
  readonly dtype: "uint8" | "float32";
  /** What every value is multiplied by. */
  readonly rescale: number;
  /** Absent where an image of the source is unlabelled. */
  readonly labels: "sparse" | "one-hot" | undefined;
  /** Number of classes. */
  readonly classes: number;
}

/** What is known of the images of a batch before they are decoded. */
export function describe(
  images: readonly (Slot & { readonly hash: string })[],
  { labels }: Pick<BatchForm, "labels">,
): Omit<EncodedBatch, "decode"> {
  return {
    ids: images.map(({ entry }) => entry.id),
    ...(labels && { labels: Int32Array.from(images, ({ entry }) => entry.label!) }),
    views: Int32Array.from(images, ({ view }) => view),
    hashes: images.map(({ hash }) => hash),
  };
}

/** The batch of images that are ready. */
export function assemble(images: readonly LoadedImage[], form: BatchForm): Batch {
  const { labels, ...rest } = describe(images, form);
  const answers =
    labels === undefined ? {} : form.labels === "one-hot" ? { targets: oneHot(labels, form.classes) } : { labels };
  return { ...rest, ...answers, images: join(images, form), shape: [images.length, ...form.size, 3] };
}

/** `[n, classes]`: 1 in the column of the label, 0 elsewhere. */
export function oneHot(labels: Int32Array, classes: number): Float32Array {
  const targets = new Float32Array(labels.length * classes);
  for (const [at, label] of labels.entries()) targets[at * classes + label] = 1;
  return targets;
}

function join(images: readonly LoadedImage[], { size, dtype, rescale }: BatchForm): Uint8Array | Float32Array {
  const length = size[0] * size[1] * 3;
  const all = dtype === "uint8" ? new Uint8Array(images.length * length) : new Float32Array(images.length * length);
  for (const [at, { pixels }] of images.entries()) all.set(pixels, at * length);
  if (rescale !== 1) for (let at = 0; at < all.length; at++) all[at] = all[at]! * rescale;
  return all;
}
