import type { VerdictLevel } from "@cassava/metrics";
import { ReportError } from "./errors.ts";
import { type Html, html } from "./html/html.ts";
import { intervalBar } from "./html/interval-bar.ts";
import { page, type Section } from "./html/page.ts";
import { commandLines, factTables } from "./html/sections/facts-section.ts";
import { linePlot } from "./plots/line-plot.ts";
import type { SurveyInput, SurveyModel } from "./survey-input.ts";
import { decimal, differenceRange, duration, percent, plural, rangeOf } from "./words.ts";

const LEVELS: Readonly<Record<VerdictLevel, readonly [kind: string, words: string]>> = {
  "beyond-doubt": ["good", "beyond doubt"],
  "paired-test-only": ["warn", "by a paired test only"],
  "not-better": ["bad", "not shown"],
};

/** Lines of a plot beyond these would hide one another. */
const DRAWN = 8;

/** Below it a difference is beyond noise. */
const LEVEL = 0.05;

/**
 * A survey of several models on one split as one HTML file, made as {@link renderReport} makes its own.
 *
 * @throws {ReportError} `INPUT_INVALID`: there is neither a model nor a failure to report
 */
export function renderSurvey(input: SurveyInput): string {
  const { title, about, models, failed = [] } = input;
  if (models.length === 0 && failed.length === 0)
    throw new ReportError("INPUT_INVALID", "models are missing: a survey reports one at least");
  const sections = [rankingSection, accuracySection, failedSection, setupSection];
  return page({
    title,
    lead: html`<p class="muted">${about}</p>`,
    sections: sections.flatMap((section) => section(input) ?? []),
    footer: html`Made by @cassava/report. The first of several is looked at because it is the first: its accuracy is flattered a little by the choice.`,
  });
}

function rankingSection({ models, images, part, majority }: SurveyInput): Section | undefined {
  if (models.length === 0) return undefined;
  const rows = models.map((model, i) => {
    const [kind, words] = LEVELS[model.verdict];
    const name = model.href ? html`<a href="${model.href}">${model.name}</a>` : html`${model.name}`;
    return html`<tr><td>${i + 1}</td><th scope="row" class="left long">${name}<br><small class="muted">${model.weights}</small></th><td>${percent(model.accuracy.estimate)}<br><small class="muted">${rangeOf(model.accuracy)}</small></td><td>${intervalBar(model.accuracy)}</td><td>${percent(model.balancedAccuracy.estimate)}<br><small class="muted">${rangeOf(model.balancedAccuracy)}</small></td><td>${decimal(model.macroF1.estimate)}</td><td>${decimal(model.logLoss)}</td><td><span class="badge ${kind}">${words}</span></td><td>${duration(model.seconds)}</td></tr>`;
  });
  const chance =
    majority && ` Always answering the largest class: ${percent(majority.estimate)} (${rangeOf(majority)})`;
  return {
    id: "ranking",
    title: "Ranking",
    body: html`<p class="verdict">${summaryOf(models)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Models in order of accuracy"><table class="numbers"><caption>${plural(images, "image")} of the ${part} part, the same for all, with 95 % intervals.${chance}</caption>
<thead><tr><th scope="col">rank</th><th scope="col" class="left">model</th><th scope="col">accuracy</th><td></td><th scope="col">balanced accuracy</th><th scope="col">macro F1</th><th scope="col">log loss, nats</th><th scope="col">better than the largest class</th><th scope="col">time</th></tr></thead><tbody>${rows}</tbody></table></div>
${differenceTable(models)}<ul>${models.flatMap(({ name, finding }) => (finding ? [html`<li><strong>${name}</strong>: ${finding}</li>`] : []))}</ul>`,
  };
}

/** Which of the others the first one is better than. */
function summaryOf([first, ...others]: readonly SurveyModel[]): string {
  const names = (list: readonly SurveyModel[]) => list.map(({ name }) => name).join(", ");
  const worse = others.filter(({ difference }) => difference !== undefined && difference.adjustedP < LEVEL);
  const tied = others.filter((other) => !worse.includes(other));
  const head = `${first!.name} comes first with ${percent(first!.accuracy.estimate)}`;
  if (others.length === 0) return `${head}.`;
  if (worse.length === 0) return `${head}, and is not better than any other beyond noise.`;
  const rest = tied.length > 0 ? `; it is not shown to be better than ${names(tied)}` : "";
  return `${head}: better than ${names(worse)} beyond noise${rest}.`;
}

function differenceTable([first, ...others]: readonly SurveyModel[]): Html {
  if (others.length === 0) return html``;
  const rows = others.flatMap(({ name, difference }) =>
    difference === undefined
      ? []
      : [
          html`<tr><th scope="row">${name}</th><td>${percent(difference.accuracy.estimate)}</td><td>${differenceRange(difference.accuracy)}</td><td>${difference.onlyFirst}</td><td>${difference.onlyThis}</td><td>${difference.adjustedP < 0.001 ? "< .001" : difference.adjustedP.toFixed(3)}</td></tr>`,
        ],
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Differences"><table class="numbers"><caption>${first!.name} minus the others, on the same images: paired bootstrap intervals, McNemar's exact test, adjusted for ${plural(others.length, "comparison")} (Holm)</caption><thead><tr><th scope="col">model</th><th scope="col">difference of accuracy</th><th scope="col">95 % interval</th><th scope="col">only ${first!.name} right</th><th scope="col">only the other right</th><th scope="col">p</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function accuracySection({ models, majority }: SurveyInput): Section | undefined {
  const drawn = models.filter(({ history }) => history !== undefined && history.length > 0).slice(0, DRAWN);
  if (drawn.length === 0) return undefined;
  const lines = (key: string) =>
    drawn.map(({ name, history }, i) => ({
      name,
      color: i + 1,
      dashed: i % 2 === 1,
      points: history!.map((logs, epoch) => [epoch + 1, logs[key] ?? Number.NaN] as const),
    }));
  const most = Math.max(2, ...drawn.map(({ history }) => history!.length));
  const x = { name: "epoch", integer: true, min: 1, max: most };
  const levels = majority && [{ y: majority.estimate, label: `largest class ${percent(majority.estimate)}` }];
  const plots = [
    linePlot({
      id: "accuracy",
      caption: "Validation accuracy by epoch, against the share of the largest class.",
      x,
      y: { name: "validation accuracy", percent: true, min: 0, max: 1 },
      lines: lines("val_accuracy"),
      ...(levels && { levels }),
    }),
    linePlot({ id: "loss", caption: "Validation loss by epoch.", x, y: { name: "nats" }, lines: lines("val_loss") }),
  ];
  return { id: "curves", title: "Curves", body: html`<div class="columns">${plots}</div>` };
}

function failedSection({ failed = [] }: SurveyInput): Section | undefined {
  if (failed.length === 0) return undefined;
  const items = failed.map(({ name, reason }) => html`<li><strong>${name}</strong>: ${reason}</li>`);
  return { id: "failed", title: "Could not be trained", body: html`<ul>${items}</ul>` };
}

function setupSection({ models, facts = [], reproduce = [] }: SurveyInput): Section {
  const rows = models.map(
    ({ name, parameters, trainableParameters }) =>
      [name, `${parameters.toLocaleString("en")} (${trainableParameters.toLocaleString("en")} trained)`] as const,
  );
  return {
    id: "setup",
    title: "Configuration and environment",
    body: html`${commandLines(reproduce)}${factTables([{ title: "Parameters", rows }, ...facts])}`,
  };
}
