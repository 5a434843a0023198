import type { ChosenPhotograph } from "../photographs.ts";
import { percent } from "../words.ts";
import { type Html, html } from "./html.ts";

/**
 * Photographs with what they are, what they were taken for and how surely; in words alone where the photographs are not at hand.
 *
 * @param pair whether all are of one kind, which a heading names
 */
export function photographList(
  chosen: readonly ChosenPhotograph[],
  photographs: ReadonlyMap<string, string> = new Map(),
  pair = false,
): Html {
  const items = chosen.map(({ id, actual, predicted, confidence, loss }) => {
    const uri = photographs.get(id);
    const image = uri && html`<img src="${uri}" alt="${actual}, taken for ${predicted}">`;
    const kind = !pair && html`<strong>${actual}</strong> → ${predicted}<br>`;
    return html`<li><figure>${image}<figcaption>${kind}${percent(confidence, 0)} sure; loss\u00a0${loss.toFixed(2)}<br><span class="name">${id}</span></figcaption></figure></li>`;
  });
  return html`<ul class="photos">${items}</ul>`;
}
