import { type Html, html } from "./html.ts";

/** An estimate in [0, 1] with its interval; null is undefined. */
export interface Estimated {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** An interval drawn on [0, 1]. The numbers stand beside it in words: a screen reader passes over the drawing. */
export function intervalBar({ estimate, low, high }: Estimated, kind: "own" | "other" = "own"): Html {
  if (estimate === null || low === null || high === null) return html``;
  const at = (share: number) => `${(100 * share).toFixed(2)}%`;
  return html`<span class="interval ${kind}" aria-hidden="true"><i style="left:${at(low)};width:${at(high - low)}"></i><b style="left:${at(estimate)}"></b></span>`;
}
