import { averagePrecisionPerClass, rocAucPerClass } from "@cassava/metrics";
import type { ReportInput } from "../../report-input.ts";
import { decimal, percent, rangeOf } from "../../words.ts";
import { html } from "../html.ts";
import { intervalBar } from "../interval-bar.ts";
import type { Section } from "../page.ts";

/** Precision, recall with its interval, F1 and areas, by class. */
export function classesSection({ summary, predictions, classes }: ReportInput): Section {
  const { labels, probabilities } = predictions;
  const present = summary.perClass.filter(({ support }) => support > 0).length;
  // An area needs a class and its opposite.
  const areas = present > 1 ? rocAucPerClass(labels, probabilities, { classes: classes.length }) : undefined;
  const precisions = averagePrecisionPerClass(labels, probabilities, { classes: classes.length });
  const rows = summary.perClass.map(
    ({ name, support, precision, recall, f1 }, c) =>
      html`<tr><th scope="row">${name}</th><td>${support}</td><td>${percent(precision)}</td><td>${percent(recall.estimate)}</td><td>${rangeOf(recall)}</td><td>${intervalBar(recall)}</td><td>${decimal(f1)}</td><td>${support > 0 ? decimal(areas?.[c] ?? Number.NaN) : "–"}</td><td>${support > 0 ? decimal(precisions[c]!) : "–"}</td></tr>`,
  );
  const confidence = `${Math.round(100 * summary.confidence)} %`;
  return {
    id: "classes",
    title: "Class by class",
    body: html`<div class="scroll" tabindex="0" role="region" aria-label="Scores by class"><table class="numbers">
<thead><tr><th scope="col">class</th><th scope="col">images</th><th scope="col">precision</th><th scope="col">recall</th><th scope="col">${confidence} interval</th><td></td><th scope="col">F1</th><th scope="col">ROC area</th><th scope="col">average precision</th></tr></thead>
<tbody>${rows}</tbody></table></div>
<p class="small muted">Precision: of the images given the class, how many are of it. Recall: of the images of the class, how many were given it. Areas are of one class against the rest: .5, and the share of the class, by chance.</p>`,
  };
}
