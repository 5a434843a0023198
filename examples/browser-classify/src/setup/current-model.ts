import { type CassavaClassifier, loadClassifier, type Store } from "@cassava/models";
import { fetchStore } from "@cassava/models/browser";
import { observable } from "../ui/observable.ts";
import { engineStarted } from "./engine.ts";

/** A model that is ready to run. */
export interface OpenModel {
  readonly model: CassavaClassifier;
  /** Where it was read from: it is read again after another engine has started. */
  readonly store: Store;
  /** The same, for people. */
  readonly origin: string;
}

/** The model of all screens. */
export const currentModel = observable<OpenModel | undefined>(undefined);

let asked = 0;

/** Opens a saved model; the one that was open stays where this fails. Of several that are asked for in haste the last one counts. */
export async function openModel(store: Store, origin: string): Promise<void> {
  asked += 1;
  const turn = asked;
  await engineStarted();
  const model = await loadClassifier(store);
  if (turn !== asked) {
    model.dispose();
    return;
  }
  const before = currentModel.value?.model;
  currentModel.set({ model, store, origin });
  before?.dispose();
}

/** Opens the saved model at an address, which may be relative to that of the page. */
export async function openAddress(address: string): Promise<void> {
  const { href } = new URL(address, location.href);
  try {
    await openModel(fetchStore(href), address);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `There is no model at ${href} (${reason}). Choose the folder model of a run, or copy it there: public/model/ of this example is at model/.`;
    throw new Error(message, { cause });
  }
}

/** Loads the current model anew: the tensors of a model belong to the engine that was running when it was opened. */
export async function reopenModel(): Promise<void> {
  const now = currentModel.value;
  if (now !== undefined) await openModel(now.store, now.origin);
}
