import type { ClassInfo } from "@cassava/models";
import { thumbnail } from "../records/record-card.ts";
import { h } from "../ui/dom.ts";
import type { Answer } from "./classify.ts";

/** A photograph and the probability of every class, the most probable one first. */
export function answerCard(answer: Answer, classes: readonly ClassInfo[], urls: string[]): HTMLElement {
  const { photo } = answer;
  const image = thumbnail(photo.file, photo.id, urls);
  if ("error" in answer) {
    return h(
      "li",
      { className: "card" },
      h("h3", {}, photo.id),
      h("p", { className: "warning" }, answer.error.message),
    );
  }
  const ranked = classes
    .map(({ name, index }) => ({ name, index, probability: answer.probabilities[index]! }))
    .sort((a, b) => b.probability - a.probability);
  const bars = ranked.map(({ name, index, probability }) => {
    const bar = h("li", {}, h("span", {}, name), h("data", { value: String(probability) }, percent(probability)));
    bar.dataset.class = String(index);
    bar.style.setProperty("--share", String(probability));
    return bar;
  });
  return h(
    "li",
    { className: "card answer" },
    image,
    h("h3", {}, ranked[0]!.name),
    h("p", { className: "quiet" }, photo.id),
    h("ol", { className: "bars" }, ...bars),
  );
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
