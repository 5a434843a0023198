import { DataError } from "../errors.ts";
import { orderedMap } from "../ordered-map.ts";
import { isAboutOneImage } from "./load-image.ts";
import type { Slot } from "./views.ts";

/** An image that an epoch went on without. */
export interface SkippedImage {
  /** From 0. */
  readonly epoch: number;
  readonly id: string;
  /** Why: IMAGE_UNREADABLE, IMAGE_TOO_LARGE or RECORD_UNREADABLE; it names file and id. */
  readonly error: DataError;
}

/** How {@link groups} goes through an epoch. */
export interface GroupsOptions {
  readonly epoch: number;
  readonly batchSize: number;
  /** Groups under way beyond the one that is being filled. */
  readonly prefetch: number;
  readonly dropRemainder: boolean;
  readonly onUnreadable: "throw" | "skip";
  readonly onSkip: ((skipped: SkippedImage) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

type Outcome<T> = { readonly value: T } | { readonly skipped: SkippedImage };

/** Results of `task` in the order of `slots`, `batchSize` at a time; an image that is skipped leaves no gap. */
export async function* groups<T>(
  slots: Iterable<Slot>,
  task: (slot: Slot) => Promise<T>,
  { epoch, batchSize, prefetch, dropRemainder, onUnreadable, onSkip, signal }: GroupsOptions,
): AsyncGenerator<T[], void, undefined> {
  const attempt = async (slot: Slot): Promise<Outcome<T>> => {
    try {
      return { value: await task(slot) };
    } catch (error) {
      if (onUnreadable === "throw" || !isAboutOneImage(error)) throw error;
      return { skipped: { epoch, id: slot.entry.id, error } };
    }
  };
  let group: T[] = [];
  let delivered = false;
  let last: SkippedImage | undefined;
  // What this group still lacks, and `prefetch` whole ones.
  const ahead = (): number => (prefetch + 1) * batchSize - 1 - group.length;
  for await (const outcome of orderedMap(slots, ahead, attempt, signal)) {
    if ("skipped" in outcome) {
      last = outcome.skipped;
      onSkip?.(last);
      continue;
    }
    delivered = true;
    group.push(outcome.value);
    if (group.length < batchSize) continue;
    yield group;
    group = [];
  }
  if (!delivered && last !== undefined) {
    const message = `imageBatches: no image of epoch ${epoch} can be read; the last: ${last.error.message}`;
    throw new DataError("NO_IMAGES", message, { cause: last.error });
  }
  if (group.length > 0 && !dropRemainder) yield group;
}
