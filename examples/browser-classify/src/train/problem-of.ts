import type { ClassCard } from "./class-card.ts";

/** What keeps a training from starting, in words. */
export function problemOf(cards: readonly ClassCard[], hasModel: boolean): string | undefined {
  if (!hasModel) return "Open a model first: its backbone looks at the photographs.";
  if (cards.length < 2) return "Two classes at least.";
  if (cards.some(({ name }) => name === "") || new Set(cards.map(({ name }) => name)).size < cards.length) {
    return "Every class needs a name of its own.";
  }
  return cards.some(({ files }) => files.length < 2)
    ? "Two photographs of each class at least; ten are better."
    : undefined;
}
