import type { Diagnosis, Finding, RankedCause, Severity } from "@cassava/metrics/diagnosis";
import type { ReportInput } from "../../report-input.ts";
import { plural } from "../../words.ts";
import { type Html, html } from "../html.ts";
import type { Section } from "../page.ts";
import { curvesOf } from "./curves.ts";

const MARKS: Readonly<Record<Severity, { readonly kind: string; readonly word: string }>> = {
  error: { kind: "bad", word: "Error" },
  warning: { kind: "warn", word: "Warning" },
  info: { kind: "info", word: "Note" },
};

/** Causes that are listed. */
const CAUSES = 4;

/** What is wrong, the likeliest causes first, with the curves beside it; notes below. Where nothing is wrong the curves come last. */
export function diagnosisSection(input: ReportInput): Section | undefined {
  const curves = curvesOf(input);
  const { diagnosis } = input;
  if (diagnosis === undefined && curves.length === 0) return undefined;
  if (diagnosis === undefined)
    return { id: "curves", title: "Curves", body: html`<div class="columns">${curves}</div>` };
  const { findings } = diagnosis;
  const notes = html`<div>${findings.filter(({ severity }) => severity === "info").map(findingCard)}${asked(diagnosis)}</div>`;
  const grave = graveOf(diagnosis, input);
  const body = isGrave(diagnosis)
    ? html`<div class="columns"><div>${grave}</div><div class="beside">${curves}</div></div>${notes}`
    : html`${grave}${notes}<div class="columns">${curves}</div>`;
  return { id: "diagnosis", title: "Diagnosis and curves", body };
}

/** Causes, experiments, errors and warnings. */
function graveOf(diagnosis: Diagnosis, { experiments = [], ...judged }: ReportInput): Html {
  const cards = diagnosis.findings.filter(({ severity }) => severity !== "info").map(findingCard);
  const causes = isGrave(diagnosis) ? causesOf(diagnosis) : nothingFound(judged);
  return html`${causes}${experiments.length > 0 && html`<h3>Experiments</h3><ul>${experiments.map((line) => html`<li>${line}</li>`)}</ul>`}
${cards}`;
}

function isGrave({ findings }: Diagnosis): boolean {
  return findings.some(({ severity }) => severity !== "info");
}

function nothingFound({ verdict, summary }: Pick<ReportInput, "verdict" | "summary">): Html {
  if (verdict.level !== "not-better") return html`<p><span class="badge good">Nothing wrong was found</span></p>`;
  return html`<p><span class="badge info">Nothing wrong was found in the run</span></p>
<p>But ${plural(summary.n, "image")} do not show that it is better than its baselines: <code>cassava cross-validate</code> judges by every labelled one.</p>`;
}

function causesOf({ causes }: Diagnosis): Html {
  const [first] = causes;
  if (first === undefined) return html``;
  return html`<p class="verdict"><strong>Most likely:</strong> ${first.title}. <strong>Try first:</strong> ${first.remedy}.</p>
<h3>What may be behind it, the likeliest first</h3><ol class="causes">${causes.slice(0, CAUSES).map(causeItem)}</ol>`;
}

function causeItem({ title, remedy, confidence, because, against }: RankedCause): Html {
  const contra = against.length > 0 && html`; against: ${against.join(", ")}`;
  return html`<li><strong>${title}</strong> <span class="muted small">(${confidence.toFixed(2)}; for: ${because.join(", ")}${contra})</span><br>${remedy}</li>`;
}

function findingCard({ rule, severity, title, explanation, remedy, evidence, falsePositive }: Finding): Html {
  const { kind, word } = MARKS[severity];
  const rows = evidence.map(
    ({ name, value, unit, epochs }) =>
      html`<tr><td>${name}</td><td>${typeof value === "number" ? Number(value.toPrecision(4)) : value}${unit && ` ${unit}`}</td><td>${epochs?.join(", ") ?? ""}</td></tr>`,
  );
  const table =
    rows.length > 0 &&
    html`<details><summary>Evidence</summary><table><thead><tr><th scope="col">what</th><th scope="col">value</th><th scope="col">epochs</th></tr></thead><tbody>${rows}</tbody></table></details>`;
  const wrong = html`<p class="small muted">${rule}. Wrong where: ${falsePositive}</p>`;
  // A note is for whoever opens it; what is wrong is read by everybody.
  if (severity === "info")
    return html`<details class="note"><summary><span class="badge ${kind}">${word}</span> ${title}</summary><p>${explanation}</p><p><strong>Remedy:</strong> ${remedy}</p>${table}${wrong}</details>\n`;
  return html`<article class="finding ${kind}"><span class="badge ${kind}">${word}</span><h3>${title}</h3><p>${explanation}</p><p><strong>Remedy:</strong> ${remedy}</p>${table}${wrong}</article>\n`;
}

/** Which rules were asked in vain, and why. */
function asked({ passed, notEvaluated }: Diagnosis): Html {
  const lacking = notEvaluated.map(({ rule, missing }) => html`<li>${rule}: lacks ${missing.join(", ")}</li>`);
  return html`<details><summary>${plural(passed.length, "rule")} passed, ${notEvaluated.length} could not be evaluated</summary><p class="small">Passed: ${passed.join(", ") || "none"}.</p><ul class="small">${lacking}</ul></details>`;
}
