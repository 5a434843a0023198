/** A run as one offline HTML file and as a model card. Runs anywhere; TensorBoard's event files are at `./tensorboard`. */

export { type ModelCardOptions, modelCard } from "./card/model-card.ts";
export { isReportError, ReportError, type ReportErrorCode, type ReportErrorOptions } from "./errors.ts";
export { reportPhotographs } from "./photographs.ts";
export { renderReport } from "./render-report.ts";
export { renderSurvey } from "./render-survey.ts";
export type { Facts, ReportInput, ReportPredictions, SeenImage } from "./report-input.ts";
export type { SurveyDifference, SurveyInput, SurveyModel } from "./survey-input.ts";
