import { PHOTO_TYPES, type Photo, photosOf } from "../photos.ts";
import { currentModel } from "../setup/current-model.ts";
import { announce, attempt } from "../ui/announce.ts";
import { h } from "../ui/dom.ts";
import { dropZone } from "../ui/drop-zone.ts";
import { answerCard } from "./answer-card.ts";
import { classify } from "./classify.ts";

/** Classify photographs with the model that is open. */
export function classifyScreen() {
  const list = h("ul", { className: "grid" });
  let urls: string[] = [];
  let running = new AbortController();

  const show = (photos: readonly Photo[]): Promise<void> =>
    attempt(async () => {
      const model = currentModel.value?.model;
      if (model === undefined) throw new Error("No model is open: open one under “Model” first.");
      running.abort();
      running = new AbortController();
      list.replaceChildren();
      for (const url of urls) URL.revokeObjectURL(url);
      urls = [];
      let [classified, unread] = [0, 0];
      for await (const answers of classify(model, photos, running.signal)) {
        list.append(...answers.map((answer) => answerCard(answer, model.classes, urls)));
        const failed = answers.filter((answer) => "error" in answer).length;
        classified += answers.length - failed;
        unread += failed;
        announce(
          `${classified} of ${photos.length} photographs classified${unread > 0 ? `, ${unread} could not be read` : ""}.`,
        );
      }
    });
  // What another model said stays nobody's answer.
  currentModel.watch(() => {
    running.abort();
    list.replaceChildren();
  });

  const zone = dropZone({
    label: "Choose photographs to classify",
    hint: "or drop them here: JPEG, PNG or WebP; they never leave this machine",
    accept: PHOTO_TYPES,
    onFiles: (files) => show(photosOf(files)),
  });
  return { elements: [zone, list], show };
}
