import { type Html, html, trusted } from "./html.ts";
import { STYLE } from "./style.ts";

/** A part of a page. */
export interface Section {
  /** Anchor, unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** What goes around the sections. */
export interface PageInput {
  readonly title: string;
  /** One or two lines under the title. */
  readonly lead: Html;
  readonly sections: readonly Section[];
  readonly footer: Html;
}

/**
 * Nothing may be loaded and nothing run: the page is what the file holds.
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
 */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A whole document. */
export function page({ title, lead, sections, footer }: PageInput): string {
  const links = sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`);
  const bodies = sections.map(
    ({ id, title: name, body }) =>
      html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${name}</h2>${body}</section>\n`,
  );
  const { html: document } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="@cassava/report">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><h1>${title}</h1>${lead}<nav aria-label="Sections"><ul>${links}</ul></nav></header>
<main id="content">
${bodies}</main>
<footer>${footer}</footer>
</body>
</html>
`;
  return document;
}
