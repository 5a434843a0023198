import { percent } from "../classify/answer-card.ts";
import { h } from "../ui/dom.ts";
import type { TrainedHead } from "./train-head.ts";

/** What a head is worth: accuracy with its interval beside the largest class, and which classes it takes for which. */
export function outcomeCard({ summary, folds }: TrainedHead): HTMLElement {
  const { n, accuracy, majorityShare, classes, confusion } = summary;
  const low = accuracy.low ?? 0;
  const verdict =
    low > majorityShare
      ? `better than always answering the largest class (${percent(majorityShare)})`
      : `not surely better than always answering the largest class (${percent(majorityShare)}); more photographs would tell`;
  const value = h("data", { value: String(accuracy.estimate) }, percent(accuracy.estimate ?? 0));
  const head = h("tr", {}, h("td"), ...classes.map((name) => h("th", { scope: "col" }, name)));
  const rows = classes.map((name, actual) =>
    h("tr", {}, h("th", { scope: "row" }, name), ...confusion[actual]!.map((count) => h("td", {}, String(count)))),
  );
  return h(
    "div",
    { className: "card outcome" },
    h("p", { className: "figure" }, value, " right"),
    h(
      "p",
      {},
      `95 % interval ${percent(low)} to ${percent(accuracy.high ?? 1)} on ${n} photographs, each judged by a head that had not seen it (${folds} parts): ${verdict}.`,
    ),
    h(
      "table",
      {},
      h("caption", {}, "Rows are the true classes, columns the answers"),
      h("thead", {}, head),
      h("tbody", {}, ...rows),
    ),
  );
}
