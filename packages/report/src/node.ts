/** Reports and event files on disk: the part of `@cassava/report` that needs Node. */
export { isReportError, ReportError, type ReportErrorCode, type ReportErrorOptions } from "./errors.ts";
export {
  type EventFile,
  type FileValue,
  findEventFiles,
  isEventFile,
  readEventFile,
  readEventFolder,
} from "./node/event-files.ts";
export { type EventWriter, type OpenEventWriterOptions, openEventWriter } from "./node/event-writer.ts";
export {
  type TensorBoardCallback,
  type TensorBoardEpoch,
  type TensorBoardOptions,
  tensorBoard,
} from "./node/tensorboard-callback.ts";
