import type { DatasetEntry } from "@cassava/contracts";
import type { Augmentation } from "../augment/augmentation.ts";
import { augmentPlan } from "../augment/draw-plan.ts";
import { DataError } from "../errors.ts";
import { random } from "../random.ts";

/** How `imageBatches` augments. */
export interface AugmentOptions {
  readonly policy: Augmentation;
  readonly seed: number;
  /**
   * `K`, 1 to 1,000,000: each image gets one of the views 1 … K, drawn anew every epoch, so that whatever is computed of K
   * views can be kept. `"fresh"`: a view that it never had before, epoch + 1. `{ only: v }`: every image in its view v, from 0
   * (plain), in every epoch: for computing features of one view after the other.
   */
  readonly views: number | "fresh" | { readonly only: number };
}

/** One image of an epoch in one of its views. */
export interface Slot {
  readonly entry: DatasetEntry;
  /** 0 = plain. */
  readonly view: number;
}

/** Epochs that have fresh views of their own; an image that comes again in an epoch takes a view from above these. */
const mostEpochs = 2 ** 20;
const mostViews = 1_000_000;

/** Throws a DataError (OPTION_INVALID) where the views make no sense or the policy does not fit images of this size. */
export function checkAugment({ policy, seed, views }: AugmentOptions, size: readonly [number, number]): void {
  const [least, count] = typeof views === "object" ? [0, views.only] : [1, views];
  if (count !== "fresh" && !(Number.isInteger(count) && count >= least && count <= mostViews)) {
    const message = `imageBatches: views is ${JSON.stringify(views)}: use 1 to ${mostViews}, "fresh", or { only: a view from 0 }`;
    throw new DataError("OPTION_INVALID", message);
  }
  // A crop may not fit: say so now, not in the middle of an epoch.
  augmentPlan(policy, { seed, id: "", view: 1, size });
}

/** Identifies policy and seed: `BatchSource.augmentation`. */
export function augmentationId({ policy, seed }: AugmentOptions): string {
  return `${policy.id}|seed ${seed}`;
}

/**
 * The slots of an epoch in the order of `entries`. A view is a function of seed, epoch, id, and of how often the image has
 * come in this epoch: an image that is drawn twice gets two views.
 */
export function* slotsOf(
  entries: readonly DatasetEntry[],
  epoch: number,
  augment: AugmentOptions | undefined,
): Generator<Slot, void, undefined> {
  const seen = new Map<string, number>();
  for (const entry of entries) {
    if (augment === undefined) {
      yield { entry, view: 0 };
      continue;
    }
    const before = seen.get(entry.id) ?? 0;
    seen.set(entry.id, before + 1);
    yield { entry, view: viewOf(augment, entry.id, epoch, before) };
  }
}

function viewOf({ seed, views }: AugmentOptions, id: string, epoch: number, before: number): number {
  if (typeof views === "object") return views.only;
  if (views !== "fresh") return 1 + random(seed, "view", id, epoch, before).int(views);
  const view = epoch + 1 + before * mostEpochs;
  if (epoch < mostEpochs && view < 2 ** 31) return view;
  const message = `imageBatches: there is no fresh view of "${id}" left in epoch ${epoch}: use a number of views`;
  throw new DataError("OPTION_INVALID", message, { id });
}
