import { h } from "../ui/dom.ts";
import { fileSize, plural } from "../ui/words.ts";
import type { FileView } from "./messages.ts";

/** What is in a file: records, features, damage, and the code that reads it. */
export function fileSummary({ name, records, byteLength, columns, damage, schema }: FileView): HTMLElement {
  const row = (cell: "th" | "td", ...texts: readonly string[]): HTMLElement =>
    h("tr", {}, ...texts.map((text) => h(cell, cell === "th" ? { scope: "col" } : {}, text)));
  const lost =
    damage.length === 0
      ? "Every checksum holds."
      : `${plural(damage.length, "damaged range")} ${damage.length === 1 ? "was" : "were"} passed over.`;
  return h(
    "div",
    {},
    h("h3", {}, name),
    h("p", {}, `${plural(records, "record")}, ${fileSize(byteLength)}. ${lost}`),
    damage.length > 0 && h("ul", { className: "warning" }, ...damage.slice(0, 5).map((text) => h("li", {}, text))),
    h(
      "table",
      {},
      h("caption", {}, "Features"),
      h("thead", {}, row("th", "Name", "Kind", "Records", "Values")),
      h(
        "tbody",
        {},
        ...columns.map((one) => row("td", one.name, one.kinds, one.present.toLocaleString("en"), one.text)),
      ),
    ),
    h("details", {}, h("summary", {}, "The schema that reads it"), codeBlock(schema)),
  );
}

/** Code that can be scrolled by the keyboard where it is wide. */
function codeBlock(code: string): HTMLElement {
  return h("pre", { tabIndex: 0, role: "region", ariaLabel: "Schema" }, h("code", {}, code));
}
