import {
  applyTemperature,
  calibrationCurve,
  expectedCalibrationError,
  fitTemperature,
  logitsOfProbabilities,
  predictedClasses,
} from "@cassava/metrics";
import { type Line, linePlot } from "../../plots/line-plot.ts";
import type { ReportInput } from "../../report-input.ts";
import { percent, plural } from "../../words.ts";
import { type Html, html } from "../html.ts";
import type { Section } from "../page.ts";

/** Bins of equal numbers of images: at most so many, and so many at least, each of so many images, that a point says something. */
const [MOST_BINS, FEWEST_BINS, IN_BIN] = [10, 3, 20];

/** Whether the model is as sure as it is right, before and after a temperature that was fitted on other images. */
export function calibrationSection({ predictions, validation, classes, part }: ReportInput): Section {
  const { labels, probabilities } = predictions;
  const count = classes.length;
  const before = { name: "as it is", probabilities };
  const fit =
    validation &&
    fitTemperature(logitsOfProbabilities(validation.probabilities), validation.labels, { classes: count });
  const scaled = fit && {
    name: `logits divided by ${fit.temperature.toFixed(2)}`,
    probabilities: applyTemperature(logitsOfProbabilities(probabilities), fit.temperature, count),
  };
  const shown = scaled ? [before, scaled] : [before];
  const error = (values: ArrayLike<number>) => percent(expectedCalibrationError(labels, values, { classes: count }));
  const words = scaled
    ? `The expected calibration error on the ${part} part is ${error(probabilities)} as the model is, and ${error(scaled.probabilities)} with its logits divided by the temperature ${fit.temperature.toFixed(3)}, fitted on the validation part. Dividing changes no answer.`
    : `The expected calibration error on the ${part} part is ${error(probabilities)}. A temperature needs labelled images that neither trained nor judge the model: give the split a test part.`;
  const limit =
    fit?.atLimit &&
    html`<p>The temperature ran to the end of its range: the probabilities say nothing of the labels, or separate them perfectly.</p>`;
  const bins = binsOf(labels.length);
  const diagram = bins > 0 ? reliabilityPlot(shown, labels, count, bins) : tooFew(labels.length);
  return {
    id: "calibration",
    title: "Is it as sure as it is right?",
    body: html`<div class="${bins > 0 ? "columns" : ""}">${diagram}<div><p>${words}${noise(labels.length)}</p>${limit}</div></div>`,
  };
}

/** What few images do to the error. */
function noise(n: number): string {
  if (n >= MOST_BINS * IN_BIN) return "";
  return ` Much of it is chance with ${plural(n, "image")}: a model exactly as sure as it is right would show some too.`;
}

/** Into how many bins so many images go; 0 where a diagram of them would be noise. */
function binsOf(n: number): number {
  const bins = Math.min(MOST_BINS, Math.floor(n / IN_BIN));
  return bins < FEWEST_BINS ? 0 : bins;
}

function tooFew(n: number): Html {
  return html`<p>${plural(n, "image")} are too few to draw how often the model is right against how sure it is: that takes ${FEWEST_BINS * IN_BIN}.</p>`;
}

/** The reliability diagram. */
function reliabilityPlot(
  shown: readonly { readonly name: string; readonly probabilities: ArrayLike<number> }[],
  labels: ArrayLike<number>,
  classes: number,
  bins: number,
): Html {
  const each = Math.floor(labels.length / bins);
  // Half of the 95 % interval of a share of one half.
  const chance = 0.98 / Math.sqrt(each);
  return linePlot({
    id: "reliability",
    caption: `How often the model is right against how sure it is, in ${bins} bins of about ${plural(each, "image")}: by chance alone a point may lie ${percent(chance, 0)} off. Below the diagonal it is too sure.`,
    x: { name: "confidence", min: 0, max: 1 },
    y: { name: "share of right answers", min: 0, max: 1 },
    diagonal: true,
    lines: shown.map(({ name, probabilities }, i) => ({
      name,
      color: i + 1,
      dashed: i === 1,
      dots: true,
      points: reliability(labels, probabilities, classes, bins),
    })),
  });
}

/** Confidence and accuracy by bin. */
function reliability(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  bins: number,
): Line["points"] {
  const answers = Array.from(predictedClasses(probabilities, classes));
  const right = answers.map((answer, i) => (answer === labels[i] ? 1 : 0));
  const sure = answers.map((answer, i) => probabilities[i * classes + answer]!);
  const { probPred, probTrue } = calibrationCurve(right, sure, { bins, strategy: "quantile" });
  return Array.from(probPred, (x, i) => [x, probTrue[i]!] as const);
}
