import { loadClassifier, type Store, saveClassifier } from "@cassava/models";
import { savedModel, zipOf } from "../setup/model-stores.ts";
import { h } from "../ui/dom.ts";

/** Keeps a model in this browser's storage. The one that is there stays whole until the new one is. */
export async function keepInBrowser(saved: Store): Promise<void> {
  const model = await loadClassifier(saved);
  try {
    await saveClassifier(model, savedModel);
  } finally {
    model.dispose();
  }
}

/** Offers a model as a zip of its folder: `cassava.json`, `model.json` and weights. */
export async function download(saved: Store): Promise<void> {
  const url = URL.createObjectURL(await zipOf(saved));
  h("a", { href: url, download: "model.zip" }).click();
  // The browser has taken the Blob by the time that the click is handled.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
