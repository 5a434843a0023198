/** Read, write, index and verify TFRecord files and `tf.train.Example`, without dependencies, in Node and browsers. */
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
export { type HttpAccessOptions, httpAccess } from "./http-access.ts";
export { inferSchema, schemaCode } from "./infer-schema.ts";
export type { Compression } from "./inflate/inflate.ts";
export {
  type Extent,
  type FeatureSummary,
  type InspectOptions,
  inspectRecords,
  type RecordsSummary,
} from "./inspect.ts";
export { blobAccess, bytesAccess } from "./random-access.ts";
export { type ReadExamplesOptions, readExamples } from "./read-examples.ts";
export { type ReadRecordsOptions, readRecords } from "./read-records.ts";
export { type ReadRecordsAtOptions, readRecordsAt } from "./read-records-at.ts";
export {
  type BuildIndexOptions,
  buildIndex,
  type ReadRecordAtOptions,
  type RecordIndex,
  readRecordAt,
} from "./record-index.ts";
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
export {
  decodeSequenceExample,
  encodeSequenceExample,
  type SequenceExample,
  type SequenceExampleInput,
} from "./sequence-example.ts";
export { type ParseIndexOptions, parseIndex, type SerializeIndexOptions, serializeIndex } from "./serialize-index.ts";
export {
  type IndexedFile,
  type ReadShuffledOptions,
  readShuffled,
  type ShuffledRecord,
  type ShuffleOptions,
  shuffledOrder,
} from "./shuffle.ts";
export type { SkippedRange } from "./skipped-range.ts";
export type { ByteSource, RandomAccess } from "./source.ts";
export { frameRecord, type WriteRecordsOptions, writeRecords } from "./write-records.ts";
