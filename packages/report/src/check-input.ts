import { ReportError } from "./errors.ts";
import type { ReportInput, ReportPredictions } from "./report-input.ts";

/** Throws ReportError `INPUT_INVALID` where parts of the input contradict each other. */
export function checkInput({ classes, summary, predictions, validation, photographs, seen }: ReportInput): void {
  if (classes.length < 2) invalid("classes", `has ${classes.length} names: a report needs two`);
  if (summary.classes.join("\n") !== classes.join("\n"))
    invalid("summary", `is of the classes ${summary.classes.join(", ")}, and the report of ${classes.join(", ")}`);
  checkPredictions("predictions", predictions, classes.length);
  if (predictions.ids.length !== summary.n)
    invalid(
      "predictions",
      `are ${predictions.ids.length} and the summary is of ${summary.n}: take both from the same part`,
    );
  if (validation) checkPredictions("validation", validation, classes.length);
  for (const uri of [...(photographs?.values() ?? []), ...(seen?.images.map((image) => image.uri) ?? [])])
    if (!uri.startsWith("data:image/"))
      invalid("photographs", `hold ${uri.slice(0, 40)}: a report loads nothing, pass data:image/… addresses`);
}

function checkPredictions(field: string, { ids, labels, probabilities }: ReportPredictions, classes: number): void {
  const n = ids.length;
  if (n === 0) invalid(field, "are empty: a report needs labelled answers");
  if (labels.length !== n || probabilities.length !== n * classes)
    invalid(
      field,
      `have ${n} ids, ${labels.length} labels and ${probabilities.length} probabilities: pass ${classes} probabilities for each id`,
    );
}

function invalid(field: string, problem: string): never {
  throw new ReportError("INPUT_INVALID", `${field} ${problem}`);
}
