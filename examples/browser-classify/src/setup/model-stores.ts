import { memoryStore } from "@cassava/data";
import type { Store } from "@cassava/models";
import { cacheStorage } from "@cassava/models/browser";
import { unzipSync, zipSync } from "fflate";

/** Where this page keeps the head that was trained in it. */
export const savedModel = cacheStorage("cassava-browser-classify");

/**
 * The folder of a saved model that was picked or dropped: its files, or one zip of them.
 *
 * @throws where it is none: what `cassava export` writes has no preprocessing and no classes beside it
 */
export async function filesStore(files: readonly File[]): Promise<Store> {
  const store = await storeOf(files);
  if ((await store.get("cassava.json")) !== undefined) return store;
  const [folder] = files[0]?.webkitRelativePath.split("/") ?? [];
  const message = `${folder || (files[0]?.name ?? "That")} is no saved model: take the folder model of a run of cassava train (runs/first/model), not what cassava export writes`;
  throw new Error(message);
}

async function storeOf(files: readonly File[]): Promise<Store> {
  const store = memoryStore();
  const zip = files.find(({ name }) => name.endsWith(".zip"));
  if (zip !== undefined) {
    const entries = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    for (const [path, bytes] of Object.entries(entries)) await store.put(nameOf(path), bytes);
    return store;
  }
  for (const file of files) await store.put(file.name, new Uint8Array(await file.arrayBuffer()));
  return store;
}

/** Every file of a store in one zip, not compressed: weights hardly shrink. */
export async function zipOf(store: Store): Promise<Blob> {
  const files: Record<string, Uint8Array> = {};
  for await (const key of store.keys()) files[key] = (await store.get(key))!;
  return new Blob([zipSync(files, { level: 0 }) as Uint8Array<ArrayBuffer>], { type: "application/zip" });
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
