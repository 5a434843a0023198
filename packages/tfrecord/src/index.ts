/** Read, write and verify TFRecord files and `tf.train.Example`, without dependencies, in Node and browsers. */
export { crc32c, maskedCrc32c } from "./crc32c.ts";
export { decodeWith } from "./decode-with.ts";
export {
  bytesFeature,
  encodeExample,
  type FeatureInput,
  type FeaturesInput,
  floatFeature,
  int64Feature,
} from "./encode-example.ts";
export { encodeWith } from "./encode-with.ts";
export { isTFRecordError, TFRecordError, type TFRecordErrorCode, type TFRecordErrorPlace } from "./errors.ts";
export { decodeExample, type Example } from "./example.ts";
export type { Feature, FeatureKind } from "./feature.ts";
export type { Compression } from "./inflate/inflate.ts";
export { type ReadExamplesOptions, readExamples } from "./read-examples.ts";
export { type ReadRecordsOptions, readRecords } from "./read-records.ts";
export {
  bigint,
  bytes,
  type Field,
  type FieldOptions,
  type FieldType,
  float,
  type InferRecord,
  int,
  type Schema,
  type SchemaEntry,
  type SchemaFields,
  schema,
  string,
} from "./schema.ts";
export type { SkippedRange } from "./skipped-range.ts";
export type { ByteSource, RandomAccess } from "./source.ts";
export { frameRecord, type WriteRecordsOptions, writeRecords } from "./write-records.ts";
