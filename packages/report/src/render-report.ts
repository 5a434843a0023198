import { checkInput } from "./check-input.ts";
import { html } from "./html/html.ts";
import { page } from "./html/page.ts";
import { calibrationSection } from "./html/sections/calibration-section.ts";
import { classesSection } from "./html/sections/classes-section.ts";
import { confusionSection } from "./html/sections/confusion-section.ts";
import { dataSection } from "./html/sections/data-section.ts";
import { diagnosisSection } from "./html/sections/diagnosis-section.ts";
import { factsSection } from "./html/sections/facts-section.ts";
import { lossesSection, seenSection } from "./html/sections/image-sections.ts";
import { rankingSection } from "./html/sections/ranking-section.ts";
import { verdictSection } from "./html/sections/verdict-section.ts";
import type { ReportInput } from "./report-input.ts";

/** In the order in which a reader asks: is it any good, what is wrong, how did it go, what does it get wrong, on what, with what. */
const SECTIONS = [
  verdictSection,
  diagnosisSection,
  confusionSection,
  classesSection,
  lossesSection,
  rankingSection,
  calibrationSection,
  seenSection,
  dataSection,
  factsSection,
];

/**
 * A run as one HTML file: it loads nothing, runs nothing, follows the reader's light or dark setting and prints. Equal input gives equal
 * bytes.
 *
 * @throws {ReportError} `INPUT_INVALID`: names the field
 */
export function renderReport(input: ReportInput): string {
  checkInput(input);
  return page({
    title: input.title,
    lead: html`<p class="muted">${input.about}</p>`,
    sections: SECTIONS.flatMap((section) => section(input) ?? []),
    footer: html`Made by @cassava/report. Intervals are Wilson's for shares and stratified bootstraps for the rest.`,
  });
}
