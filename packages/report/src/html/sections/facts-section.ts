import type { Facts, ReportInput } from "../../report-input.ts";
import { type Html, html } from "../html.ts";
import type { Section } from "../page.ts";

/** Settings, environment, and how to make the run again. */
export function factsSection({ facts = [], reproduce = [] }: ReportInput): Section | undefined {
  if (facts.length === 0 && reproduce.length === 0) return undefined;
  return {
    id: "setup",
    title: "Configuration and environment",
    body: html`${commandLines(reproduce)}${factTables(facts)}`,
  };
}

/** Command lines that make something again; a line never breaks within a flag. */
export function commandLines(reproduce: readonly string[]): Html {
  if (reproduce.length === 0) return html``;
  const words = reproduce
    .join("\n")
    .split(/(--[a-z][a-z-]*)/)
    .map((text, i) => (i % 2 === 1 ? html`<span class="flag">${text}</span>` : html`${text}`));
  return html`<h3>How to make it again</h3><pre tabindex="0"><code>${words}</code></pre>`;
}

/** Tables of names and values, in two columns where there is room. */
export function factTables(facts: readonly Facts[]): Html {
  const tables = facts.map(({ title, rows }) => {
    const lines = rows.map(
      ([name, value]) => html`<tr><th scope="row">${name}</th><td class="left">${value}</td></tr>`,
    );
    return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="facts"><caption>${title}</caption><tbody>${lines}</tbody></table></div>`;
  });
  return html`<div class="tables">${tables}</div>`;
}
