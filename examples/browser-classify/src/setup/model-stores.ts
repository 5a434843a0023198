import { memoryStore } from "@cassava/data";
import type { Store } from "@cassava/models";
import { cacheStorage } from "@cassava/models/browser";
import { unzipSync, zipSync } from "fflate";

/** Where this page keeps the head that was trained in it. */
export const savedModel = cacheStorage("cassava-browser-classify");

/** The folder of a saved model that was picked or dropped: its files, or one zip of them. */
export async function filesStore(files: readonly File[]): Promise<Store> {
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
