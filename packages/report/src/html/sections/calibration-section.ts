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
import { percent } from "../../words.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";

/** Bins of equal numbers of images. */
const BINS = 10;

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
  const lines = shown.map(
    ({ name, probabilities: values }, i): Line => ({
      name,
      color: i + 1,
      dashed: i === 1,
      dots: true,
      points: reliability(labels, values, count),
    }),
  );
  const words = scaled
    ? `The expected calibration error on the ${part} part is ${error(probabilities)} as the model is, and ${error(scaled.probabilities)} with its logits divided by the temperature ${fit.temperature.toFixed(3)}, fitted on the validation part. Dividing changes no answer.`
    : `The expected calibration error on the ${part} part is ${error(probabilities)}. A temperature needs labelled images that neither trained nor judge the model: give the split a test part.`;
  const limit =
    fit?.atLimit &&
    html`<p>The temperature ran to the end of its range: the probabilities say nothing of the labels, or separate them perfectly.</p>`;
  return {
    id: "calibration",
    title: "Is it as sure as it is right?",
    body: html`<div class="columns">${linePlot({
      id: "reliability",
      caption: `How often the model is right against how sure it is, in ${BINS} bins with equally many images. Below the diagonal it is too sure.`,
      x: { name: "confidence", min: 0, max: 1 },
      y: { name: "share of right answers", min: 0, max: 1 },
      diagonal: true,
      lines,
    })}<div><p>${words}</p>${limit}</div></div>`,
  };
}

/** Confidence and accuracy by bin. */
function reliability(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): Line["points"] {
  const answers = Array.from(predictedClasses(probabilities, classes));
  const right = answers.map((answer, i) => (answer === labels[i] ? 1 : 0));
  const sure = answers.map((answer, i) => probabilities[i * classes + answer]!);
  const { probPred, probTrue } = calibrationCurve(right, sure, { bins: BINS, strategy: "quantile" });
  return Array.from(probPred, (x, i) => [x, probTrue[i]!] as const);
}
