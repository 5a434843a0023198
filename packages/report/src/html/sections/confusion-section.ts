import { chosenPhotographs } from "../../photographs.ts";
import type { ReportInput } from "../../report-input.ts";
import { percent, plural } from "../../words.ts";
import { type Html, html } from "../html.ts";
import type { Section } from "../page.ts";
import { photographList } from "../photograph-list.ts";

/** Which classes are taken for which, with photographs of the most frequent mistakes. */
export function confusionSection(input: ReportInput): Section {
  const { summary, classes, photographs } = input;
  const { confused } = chosenPhotographs(input);
  const rows = summary.confusion.map((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count, predicted) => cell(count, total, actual === predicted));
    return html`<tr><th scope="row">${classes[actual]}</th>${cells}<td class="muted">${total}</td></tr>`;
  });
  const pairs = confused.map(
    ({ actual, predicted, count, share, shown }) =>
      html`<h3>${actual} taken for ${predicted}: ${plural(count, "image")}, ${percent(share, 0)} of the class</h3>${photographList(shown, photographs, true)}`,
  );
  return {
    id: "confusion",
    title: "What is taken for what",
    body: html`<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><table class="matrix">
<caption>Confusion matrix: rows are true classes, columns answers; the share is of the row, and colors follow it</caption>
<thead><tr><th scope="col">true class</th>${classes.map((name) => html`<th scope="col" style="text-align:center">${name}</th>`)}<th scope="col">images</th></tr></thead>
<tbody>${rows}</tbody></table></div>${pairs}`,
  };
}

function cell(count: number, total: number, diagonal: boolean): Html {
  const share = total === 0 ? 0 : count / total;
  // At most so much of the color, that text keeps its contrast in light and in dark.
  const heat = `background:color-mix(in srgb, var(--heat) ${Math.round(45 * share)}%, transparent)`;
  return html`<td class="${diagonal ? "diagonal" : ""}" style="${heat}">${count}<small>${total === 0 ? "–" : percent(share, 0)}</small></td>`;
}
