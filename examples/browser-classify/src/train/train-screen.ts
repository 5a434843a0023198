import { type Photo, photosOf } from "../photos.ts";
import { currentModel } from "../setup/current-model.ts";
import { announce, attempt } from "../ui/announce.ts";
import { h } from "../ui/dom.ts";
import { type ClassCard, classCard } from "./class-card.ts";
import { headActions } from "./head-actions.ts";
import { outcomeCard } from "./outcome-card.ts";
import { problemOf } from "./problem-of.ts";
import { trainHead } from "./train-head.ts";

/** Train a head on classes of one's own, on the backbone of the model that is open. */
export function trainScreen(onUse: () => void) {
  let cards: ClassCard[] = [];
  let made = 0;
  let running: AbortController | undefined;
  const list = h("ul", { className: "grid" });
  const outcome = h("div");
  const bar = h("progress", { max: 1, ariaLabel: "Training" });
  const doing = h("span");
  const progress = h("p", { className: "line", hidden: true }, bar, doing);
  const need = h("p", { className: "quiet" });
  const start = h("button", { type: "button", className: "primary" }, "Train");
  const stop = h("button", { type: "button", onclick: () => running?.abort() }, "Stop");
  progress.append(stop);

  const refresh = (): void => {
    const problem = problemOf(cards, currentModel.value !== undefined);
    need.textContent = problem ?? "";
    start.disabled = problem !== undefined || running !== undefined;
  };
  const add = (): void => {
    made += 1;
    const remove = (card: ClassCard): void => {
      cards = cards.filter((other) => other !== card);
      card.element.remove();
      refresh();
    };
    const card = classCard({ name: `Class ${made}`, onChange: refresh, onRemove: remove });
    cards.push(card);
    list.append(card.element);
    refresh();
  };

  start.onclick = () =>
    attempt(async () => {
      const base = currentModel.value!.model;
      running = new AbortController();
      refresh();
      outcome.replaceChildren();
      progress.hidden = false;
      const onProgress = (share: number, what: string): void => {
        bar.value = share;
        doing.textContent = what;
      };
      try {
        const names = cards.map(({ name }) => name);
        const head = await trainHead(base, names, labelledPhotos(cards), { onProgress, signal: running.signal });
        announce(
          `Trained: ${Math.round(100 * (head.summary.accuracy.estimate ?? 0))} percent of ${head.summary.n} photographs right.`,
        );
        outcome.replaceChildren(outcomeCard(head), headActions(head, onUse));
      } finally {
        running = undefined;
        progress.hidden = true;
        refresh();
      }
    });
  currentModel.watch(refresh);
  add();
  add();
  const more = h("button", { type: "button", onclick: add }, "Add a class");
  return { elements: [list, h("p", { className: "line" }, more, start, need), progress, outcome] };
}

/** All photographs, each with the number of its class. */
function labelledPhotos(cards: readonly ClassCard[]): Photo[] {
  return cards.flatMap(({ files }, label) =>
    photosOf(files).map(({ id, file }) => ({ id: `${label}: ${id}`, file, label })),
  );
}
