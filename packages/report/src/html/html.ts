/** Markup that is safe to put into a page: everything that came from outside is escaped. */
export interface Html {
  readonly html: string;
}

/** What may stand in a template: nothing for `undefined`, `null` and `false`. */
export type HtmlValue = Html | string | number | undefined | null | false | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand between tags and in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** A tagged template whose values are escaped, unless they are {@link Html} themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts = strings.map((text, i) => text + (i < values.length ? textOf(values[i]) : ""));
  return { html: parts.join("") };
}

/** Markup that something trusted made: the SVG of a plot, a style sheet. */
export function trusted(markup: string): Html {
  return { html: markup };
}

function textOf(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return "html" in value ? value.html : value.map((one) => one.html).join("");
}
