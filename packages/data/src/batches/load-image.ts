import type { Dataset, DatasetEntry } from "@cassava/contracts";
import { augmentPlan } from "../augment/draw-plan.ts";
import { imageAt, placeOf } from "../dataset.ts";
import { DataError, isDataError, reasonOf } from "../errors.ts";
import { sha256 } from "../hash.ts";
import type { ImageLoader } from "../image/image-loader.ts";
import type { AugmentOptions, Slot } from "./views.ts";

/** An image of a batch, read but not decoded. */
export interface ReadImage extends Slot {
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, in hexadecimal. */
  readonly hash: string;
}

/** An image of a batch, ready. */
export interface LoadedImage extends Slot {
  readonly hash: string;
  /** RGB `[height, width, 3]`. */
  readonly pixels: Uint8Array;
}

/** Reads a slot's encoded bytes. Throws a DataError that names id and file. */
export async function readImage(dataset: Dataset, slot: Slot): Promise<ReadImage> {
  try {
    const bytes = await dataset.read(slot.entry);
    return { ...slot, bytes, hash: await sha256(bytes) };
  } catch (cause) {
    throw unreadable(slot.entry, cause);
  }
}

/** What {@link loadImage} needs beside the image. */
export interface LoadImageOptions {
  readonly loader: ImageLoader;
  readonly size: readonly [height: number, width: number];
  readonly augment: AugmentOptions | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Decodes, resizes and augments. Throws a DataError that names id and file, or the signal's reason. */
export async function loadImage(
  { entry, view, bytes, hash }: ReadImage,
  { loader, size, augment, signal }: LoadImageOptions,
): Promise<LoadedImage> {
  const [height, width] = size;
  const { id } = entry;
  const plan = view > 0 && augment ? augmentPlan(augment.policy, { seed: augment.seed, id, view, size }) : undefined;
  try {
    const target = { height, width, hash, ...(plan && { plan }), ...(signal && { signal }) };
    const pixels = await loader.load(bytes, { file: placeOf(entry), id }, target);
    return { entry, view, hash, pixels };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw unreadable(entry, cause);
  }
}

/** Whether an error is about one image alone, so that the others can go on without it. */
export function isAboutOneImage(error: unknown): error is DataError {
  return ["IMAGE_UNREADABLE", "IMAGE_TOO_LARGE", "RECORD_UNREADABLE"].some(
    (code) => isDataError(error) && error.code === code,
  );
}

/** Errors of this package pass as they are; anything else becomes IMAGE_UNREADABLE. */
function unreadable(entry: DatasetEntry, cause: unknown): DataError {
  if (isDataError(cause)) return cause;
  const message = `${imageAt(entry.id, placeOf(entry))} cannot be read (${reasonOf(cause)}): repair or remove it`;
  return new DataError("IMAGE_UNREADABLE", message, { ...entry, cause });
}
