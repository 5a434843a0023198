import type { ChosenPhotograph } from "../photographs.ts";
import { type Html, html } from "./html.ts";
import { percent } from "./words.ts";

/** Photographs with what they are and what they were taken for; in words alone where the photographs are not at hand. */
export function photographList(
  chosen: readonly ChosenPhotograph[],
  photographs: ReadonlyMap<string, string> = new Map(),
): Html {
  const items = chosen.map(({ id, actual, predicted, confidence, loss }) => {
    const uri = photographs.get(id);
    const image = uri && html`<img src="${uri}" alt="${actual}, taken for ${predicted}">`;
    return html`<li><figure>${image}<figcaption><strong>${actual}</strong> → ${predicted} (${percent(confidence, 0)}); loss ${loss.toFixed(2)}<br>${id}</figcaption></figure></li>`;
  });
  return html`<ul class="photos">${items}</ul>`;
}
