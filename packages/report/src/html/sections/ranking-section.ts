import { precisionRecallCurve, rocCurve } from "@cassava/metrics";
import { type Line, linePlot } from "../../plots/line-plot.ts";
import type { ReportInput } from "../../report-input.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";

/** Classes beyond these are left to the table: lines would hide one another. */
const MOST = 8;
/** Points of a curve; more would not be seen. */
const POINTS = 200;

/** How well the probability of each class ranks the images: ROC and precision-recall curves, one class against the rest. */
export function rankingSection({ summary, predictions, classes }: ReportInput): Section | undefined {
  const { labels, probabilities } = predictions;
  const drawn = summary.perClass
    .map(({ support, name }, index) => ({ support, name, index }))
    .filter(({ support }) => support > 0 && support < summary.n)
    .sort((a, b) => b.support - a.support)
    .slice(0, MOST)
    .sort((a, b) => a.index - b.index);
  if (drawn.length === 0) return undefined;
  const lines = (curve: (isClass: number[], scores: Float64Array) => Line["points"]): Line[] =>
    drawn.map(({ name, index }, i) => {
      const isClass = Array.from(labels, (label) => (label === index ? 1 : 0));
      const scores = Float64Array.from(isClass, (_, at) => probabilities[at * classes.length + index]!);
      return { name, color: i + 1, dashed: i % 2 === 1, points: thinned(curve(isClass, scores)) };
    });
  const unit = { min: 0, max: 1 };
  const roc = linePlot({
    id: "roc",
    caption: "ROC curves, each class against the rest. On the diagonal nothing was learned.",
    x: { name: "false positive rate", ...unit },
    y: { name: "true positive rate", ...unit },
    diagonal: true,
    lines: lines((isClass, scores) => {
      const { falsePositiveRate, truePositiveRate } = rocCurve(isClass, scores);
      return Array.from(falsePositiveRate, (x, i) => [x, truePositiveRate[i]!] as const);
    }),
  });
  const precisionRecall = linePlot({
    id: "precision-recall",
    caption: "Precision and recall, each class against the rest. By chance precision is the share of the class.",
    x: { name: "recall", ...unit },
    y: { name: "precision", ...unit },
    lines: lines((isClass, scores) => {
      const { precision, recall } = precisionRecallCurve(isClass, scores);
      return Array.from(recall, (x, i) => [x, precision[i]!] as const).reverse();
    }),
  });
  const left = classes.length - drawn.length;
  const note = left > 0 && html`<p class="small muted">${left} of ${classes.length} classes are not drawn.</p>`;
  return { id: "ranking", title: "Ranking", body: html`<div class="columns">${[roc, precisionRecall]}</div>${note}` };
}

/** At most {@link POINTS} of the points, the first and the last among them. */
function thinned(points: Line["points"]): Line["points"] {
  if (points.length <= POINTS) return points;
  const step = (points.length - 1) / (POINTS - 1);
  return Array.from({ length: POINTS }, (_, i) => points[Math.round(i * step)]!);
}
