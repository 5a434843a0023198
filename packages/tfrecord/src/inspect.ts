/** What is in a file: summaries of records and features, and the schema that fits them. */
export { inferSchema, schemaCode } from "./infer-schema.ts";
export {
  type Extent,
  type FeatureSummary,
  type InspectOptions,
  inspectRecords,
  type RecordsSummary,
} from "./inspect-records.ts";
