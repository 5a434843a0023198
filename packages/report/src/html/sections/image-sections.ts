import { chosenPhotographs } from "../../photographs.ts";
import type { ReportInput } from "../../report-input.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";
import { photographList } from "../photograph-list.ts";

/** The images that the model was surest about, and wrong. */
export function lossesSection(input: ReportInput): Section {
  const { losses } = chosenPhotographs(input);
  return {
    id: "losses",
    title: "The greatest losses",
    body: html`<p>Images of the ${input.part} part whose own class the model found the least probable, the worst first. Look at them by eye: wrong labels and unreadable photographs gather here.</p>${photographList(losses, input.photographs)}`,
  };
}

/** A grid of images as they enter the network. */
export function seenSection({ seen }: ReportInput): Section | undefined {
  if (seen === undefined || seen.images.length === 0) return undefined;
  const items = seen.images.map(
    ({ id, label, uri }) =>
      html`<li><figure><img src="${uri}" alt="${id}, ${label}, as the model sees it"><figcaption>${label}<br>${id}</figcaption></figure></li>`,
  );
  return {
    id: "seen",
    title: "Images as the model sees them",
    body: html`<p>${seen.about}</p><ul class="photos seen">${items}</ul>`,
  };
}
