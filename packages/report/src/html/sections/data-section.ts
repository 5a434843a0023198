import type { ReportInput } from "../../report-input.ts";
import { percent, plural } from "../../words.ts";
import { type Html, html } from "../html.ts";
import type { Section } from "../page.ts";
import { factTables } from "./facts-section.ts";

/** Names that are listed of a kind. */
const LISTED = 12;

/** How images and classes lie in the parts of the split and in the shards, and what an audit found. */
export function dataSection({ splitCounts, data, classes, audit = [] }: ReportInput): Section | undefined {
  const parts = Object.entries(splitCounts ?? {});
  if (parts.length === 0 && data === undefined && audit.length === 0) return undefined;
  const split = parts.length > 0 && countTable("Images by class and part of the split", parts, classes);
  const shards = data?.shards;
  const byShard =
    shards !== undefined &&
    html`<details><summary>${plural(shards.length, "shard")} by class</summary>${countTable(
      "Images by class and shard",
      shards.map((counts, i) => [`shard ${i}`, counts] as const),
      classes,
    )}</details>`;
  return {
    id: "data",
    title: "Data and split",
    body: html`${split}${leaks(data?.leaked)}${byShard}${data?.quality?.map(({ kind, ids }) => html`<p>${plural(ids.length, "image")} ${kind}: ${listed(ids)}</p>`)}${factTables(audit)}`,
  };
}

function countTable(
  caption: string,
  columns: readonly (readonly [name: string, counts: readonly number[]])[],
  classes: readonly string[],
): Html {
  const totals = columns.map(([, counts]) => counts.reduce((sum, count) => sum + count, 0));
  const rows = classes.map(
    (name, c) =>
      html`<tr><th scope="row">${name}</th>${columns.map(([, counts], i) => html`<td>${counts[c] ?? 0} <span class="muted">(${totals[i] === 0 ? "–" : percent((counts[c] ?? 0) / totals[i]!)})</span></td>`)}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="numbers"><caption>${caption}</caption><thead><tr><th scope="col">class</th>${columns.map(([name]) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}<tr><th scope="row">all</th>${totals.map((total) => html`<td>${total}</td>`)}</tr></tbody></table></div>`;
}

function leaks(leaked: readonly { readonly trained: string; readonly held: string }[] | undefined): Html {
  if (leaked === undefined) return html``;
  if (leaked.length === 0)
    return html`<p>No image of the validation or test part has an equal one in the training part.</p>`;
  const items = leaked.slice(0, LISTED).map(({ trained, held }) => html`<li>${held} equals ${trained}</li>`);
  return html`<p><strong>${plural(leaked.length, "held-out image")} also in the training part:</strong></p><ul>${items}</ul>`;
}

function listed(ids: readonly string[]): string {
  return `${ids.slice(0, LISTED).join(", ")}${ids.length > LISTED ? ", …" : ""}`;
}
