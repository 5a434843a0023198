/** TensorBoard's event files as bytes: written as TensorFlow 2 does, read in the forms of versions 1 and 2. */
export { isReportError, ReportError, type ReportErrorCode, type ReportErrorOptions } from "./errors.ts";
export {
  type DecodedEvent,
  type DecodeEventOptions,
  decodeEvent,
  encodeEvent,
  FILE_VERSION,
  type TensorBoardEvent,
} from "./tensorboard/event.ts";
export { type HistogramBucket, histogramBuckets } from "./tensorboard/histogram.ts";
export { historyOfEvents, type RunValue } from "./tensorboard/history-of-events.ts";
export type { Metadata, TagMetadata } from "./tensorboard/metadata.ts";
export {
  type CutRecord,
  type OtherContent,
  type ReadEventsOptions,
  type RecordedValue,
  readEvents,
  readSummaries,
} from "./tensorboard/read-events.ts";
export type {
  HistogramValue,
  ImageValue,
  ScalarValue,
  SummaryValue,
  Tagged,
  TextValue,
  UnknownValue,
} from "./tensorboard/summary.ts";
