import { openModel } from "../setup/current-model.ts";
import { announce, attempt } from "../ui/announce.ts";
import { h } from "../ui/dom.ts";
import { download, keepInBrowser } from "./keep-model.ts";
import type { TrainedHead } from "./train-head.ts";

/** What can be done with a head: classify, keep it here, take it away. */
export function headActions({ saved }: TrainedHead, onUse: () => void): HTMLElement {
  const use = async (): Promise<void> => {
    await openModel(saved, "trained in this page");
    onUse();
  };
  return h(
    "p",
    { className: "line" },
    button("Classify with it", "This head answers from now on.", use),
    button("Save in this browser", "Saved in this browser.", () => keepInBrowser(saved)),
    button("Download", "Downloaded as model.zip, the folder of the model.", () => download(saved)),
  );
}

function button(label: string, done: string, work: () => Promise<void>): HTMLElement {
  const start = (): Promise<void> =>
    attempt(async () => {
      await work();
      announce(done);
    });
  return h("button", { type: "button", onclick: start }, label);
}
