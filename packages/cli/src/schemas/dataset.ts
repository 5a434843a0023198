import { z } from "zod";
import { count, share, version } from "./common.ts";

const ids = z.array(z.string());
const labels = z.array(count.nullable());
const names = z.strictObject({ count, ids });
const outliers = z.strictObject({
  median: z.number(),
  threshold: z.number(),
  images: z.array(z.strictObject({ id: z.string(), value: z.number(), z: z.number() })),
});

/** `cassava audit --json` */
export const audit = z.strictObject({
  version,
  images: z.strictObject({ total: count, labelled: count, unlabelled: count }),
  found: z.strictObject({ rows: count, images: count }),
  classes: z.array(z.strictObject({ index: count, name: z.string(), count, share })),
  majority: z.strictObject({ class: count, name: z.string(), share }).nullable(),
  labelEntropy: z.number().nonnegative(),
  rowsWithoutImage: names,
  imagesWithoutRow: names,
  unreadFiles: z.strictObject({ count, ids, extensions: z.record(z.string(), count), photographs: count }),
  otherProblems: z.array(
    z.strictObject({
      kind: z.enum(["row-without-image", "image-without-row", "duplicate-id", "corrupt-record", "unread-file"]),
      id: z.string(),
      file: z.string(),
      message: z.string(),
    }),
  ),
  duplicates: z.strictObject({
    conflicts: count,
    groups: z.array(z.strictObject({ hash: z.string(), ids, labels, conflict: z.boolean() })),
  }),
  nearDuplicates: z
    .strictObject({
      threshold: count,
      conflicts: count,
      groups: z.array(z.strictObject({ ids, labels, conflict: z.boolean(), distance: count })),
    })
    .nullable(),
  outliers: z.strictObject({ brightness: outliers, sharpness: outliers }).nullable(),
  decoded: z.boolean(),
  unreadable: z.array(
    z.strictObject({ id: z.string(), file: z.string(), record: count.optional(), reason: z.string() }),
  ),
  sizes: z
    .strictObject({
      counts: z.record(z.string(), count),
      aspects: z.record(z.string(), count),
      minWidth: count,
      maxWidth: count,
      minHeight: count,
      maxHeight: count,
    })
    .nullable(),
  shards: z.array(z.strictObject({ file: z.string(), total: count, unlabelled: count, counts: z.array(count) })),
  shardSkew: z
    .strictObject({ cramersV: z.number(), chiSquare: z.number(), degreesOfFreedom: count, pValue: share })
    .nullable(),
});

/** `cassava augment-preview --json` */
export const augmentPreview = z.strictObject({
  version,
  file: z.string(),
  augmentation: z.strictObject({
    id: z.string(),
    steps: z.array(z.looseObject({ name: z.string() })),
    fillMode: z.string(),
    fillValue: z.number(),
  }),
  seed: count,
  views: count,
  images: ids,
});

/** `cassava convert --json` */
export const convert = z.strictObject({
  version,
  files: z.array(z.strictObject({ path: z.string(), byteLength: count, records: count })),
});

const oneSplit = z.strictObject({
  version,
  seed: count,
  ratios: z.array(share),
  stratify: z.boolean(),
  train: ids,
  validation: ids,
  test: ids,
  counts: z.strictObject({ train: z.array(count), validation: z.array(count), test: z.array(count) }),
  cramersV: z.number().nonnegative(),
  fold: z.strictObject({ index: count, of: count }).optional(),
  by: z.literal("shard").optional(),
  warnings: z.array(z.string()).optional(),
});

/** `cassava split --json`: the split, as its file holds it; with `--folds` a list of them. */
export const split = z.union([oneSplit, z.array(oneSplit)]);
