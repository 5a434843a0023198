export { isReportError, ReportError, type ReportErrorCode, type ReportErrorOptions } from "./errors.ts";
