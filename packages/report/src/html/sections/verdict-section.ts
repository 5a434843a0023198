import type { VerdictLevel } from "@cassava/metrics";
import type { ReportInput } from "../../report-input.ts";
import { decimal, percent, plural, rangeOf } from "../../words.ts";
import { type Html, html } from "../html.ts";
import { intervalBar } from "../interval-bar.ts";
import type { Section } from "../page.ts";

const LEVELS: Readonly<Record<VerdictLevel, { readonly kind: string; readonly words: string }>> = {
  "beyond-doubt": { kind: "good", words: "Better than every baseline, beyond doubt" },
  "paired-test-only": { kind: "warn", words: "Better by a paired test only" },
  "not-better": { kind: "bad", words: "Not shown to be better than a model that learned nothing" },
};

/** Whether the model is worth anything, in words, with intervals and against its baselines. */
export function verdictSection({ verdict, summary, part }: ReportInput): Section {
  const { kind, words } = LEVELS[verdict.level];
  const rows = [
    { name: "this model", accuracy: verdict.accuracy, kind: "own" as const },
    ...verdict.comparisons.map(({ name, accuracy }) => ({ name, accuracy, kind: "other" as const })),
  ].map(
    ({ name, accuracy, kind: whose }) =>
      html`<tr><th scope="row">${name}</th><td>${percent(accuracy.estimate)}</td><td>${rangeOf(accuracy)}</td><td class="drawn">${intervalBar(accuracy, whose)}</td></tr>`,
  );
  const confidence = `${Math.round(100 * summary.confidence)} %`;
  return {
    id: "verdict",
    title: "Verdict",
    body: html`<p><span class="badge ${kind}">${words}</span></p>
<p class="verdict">${verdict.text}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Accuracy against the baselines"><table class="numbers"><caption>Accuracy on ${plural(summary.n, "image")} of the ${part} part, with ${confidence} intervals, drawn from 0 to 100 %</caption>
<thead><tr><th scope="col">answers by</th><th scope="col">accuracy</th><th scope="col">interval</th><td></td></tr></thead><tbody>${rows}</tbody></table></div>
<dl class="tiles">${tiles(summary)}</dl>`,
  };
}

function tiles({
  balancedAccuracy,
  macroF1,
  mcc,
  logLoss,
  labelEntropy,
  calibrationError,
  classes,
}: ReportInput["summary"]): Html[] {
  const scores = [
    [
      "balanced accuracy",
      percent(balancedAccuracy.estimate),
      `${rangeOf(balancedAccuracy)}; ${percent(1 / classes.length, 0)} by chance`,
    ],
    ["macro F1", decimal(macroF1.estimate), `${decimal(macroF1.low)}–${decimal(macroF1.high)}`],
    ["Matthews correlation", decimal(mcc.estimate), `${decimal(mcc.low)}–${decimal(mcc.high)}; 0 by chance`],
    ["log loss", `${decimal(logLoss)} nats`, `knowing only the shares of the classes: ${decimal(labelEntropy)}`],
    ["calibration error", percent(calibrationError), "gap between confidence and accuracy"],
  ] as const;
  return scores.map(([name, value, note]) => html`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`);
}
