import { z } from "zod";
import { count, version } from "./common.ts";

const extent = z.strictObject({ min: z.number(), max: z.number(), mean: z.number() });
const file = z.string();

/** A range of a file without an intact record. */
const damage = z.strictObject({ record: count, start: count, end: count, code: z.string(), reason: z.string() });

const feature = z.strictObject({
  name: z.string(),
  kinds: z.partialRecord(z.enum(["bytes", "float", "int64", "empty"]), count),
  present: count,
  valueCount: extent,
  byteSize: extent.optional(),
  text: z.boolean().optional(),
  range: z.strictObject({ min: z.number(), max: z.number() }).optional(),
  counts: z.record(z.string(), count).optional(),
});

/** `cassava inspect --json` */
export const inspect = z.strictObject({
  version,
  records: count,
  corrupt: count,
  files: z.array(
    z.strictObject({
      file,
      records: count,
      byteLength: count,
      recordSize: extent,
      notExamples: count,
      features: z.array(feature),
      corrupt: z.array(
        z.strictObject({ record: count, start: count, end: count, code: z.string(), message: z.string() }),
      ),
    }),
  ),
});

/** `cassava tfrecord verify --json` */
export const tfrecordVerify = z.strictObject({
  version,
  records: count,
  corrupt: count,
  files: z.array(z.strictObject({ file, records: count, corrupt: z.array(damage) })),
});

/** `cassava tfrecord repair --json` */
export const tfrecordRepair = z.strictObject({
  version,
  file,
  out: z.string(),
  records: count,
  bytes: count,
  skipped: z.array(damage),
});

/** `cassava tfrecord index --json` */
export const tfrecordIndex = z.strictObject({
  version,
  format: z.enum(["json", "text"]),
  files: z.array(z.strictObject({ file, index: z.string(), records: count })),
});

/** `cassava tfrecord count --json` */
export const tfrecordCount = z.strictObject({
  version,
  records: count,
  files: z.array(z.strictObject({ file, records: count })),
});

/** Bytes: text where they are printable UTF-8, otherwise their number and hash. */
const plainBytes = z.union([z.string(), z.strictObject({ bytes: count, sha256: z.string() })]);
const plainValue = z.union([plainBytes, z.number(), z.null()]);

/** `cassava tfrecord cat --json`: records, or with `--schema` their schema as TypeScript. */
export const tfrecordCat = z.union([
  z.strictObject({
    version,
    file,
    records: z.array(
      z.union([
        z.strictObject({ record: count, features: z.record(z.string(), z.array(plainValue).nullable()) }),
        z.strictObject({ record: count, data: plainBytes }),
      ]),
    ),
  }),
  z.strictObject({ version, file, records: count, schema: z.string() }),
]);
