import type { Dataset } from "@cassava/contracts";
import { audit, imageBatches, kFold, memoryStore, split } from "@cassava/data";
import { browserDecoder, directoryDataset, filesDataset, urlDataset } from "@cassava/data/browser";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** A data set that the server has: its name and its files, as paths from its folder. */
export interface Served {
  readonly name: string;
  readonly files: readonly string[];
}

/** The ways in which a page comes by a data set. */
export type Way = "files" | "directory" | "addresses";

const opened: Readonly<Record<Way, (served: Served) => Promise<Dataset>>> = {
  async files({ name, files }) {
    const picked = files.map(async (path) => {
      const file = new File([await fetched(name, path)], path.split("/").at(-1)!);
      // What an input with `webkitdirectory` gives; no script can make it otherwise.
      Object.defineProperty(file, "webkitRelativePath", { value: `${name}/${path}` });
      return file;
    });
    return filesDataset(await Promise.all(picked));
  },
  /** A real FileSystemDirectoryHandle: a folder of the origin's private file system. */
  async directory({ name, files }) {
    const top = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
    for (const path of files) {
      const names = path.split("/");
      let folder = top;
      for (const below of names.slice(0, -1)) folder = await folder.getDirectoryHandle(below, { create: true });
      const writable = await (await folder.getFileHandle(names.at(-1)!, { create: true })).createWritable();
      await writable.write(await fetched(name, path));
      await writable.close();
    }
    return directoryDataset(top, { indexes: memoryStore() });
  },
  async addresses({ name, files }) {
    const shards = files.filter((path) => path.endsWith(".tfrec"));
    return urlDataset(shards.map((path) => `${location.origin}/files/${name}/${path}`));
  },
};

async function fetched(name: string, path: string): Promise<ArrayBuffer> {
  const response = await fetch(`/files/${name}/${path.split("/").map(encodeURIComponent).join("/")}`);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return await response.arrayBuffer();
}

/** What Chromium makes of a data set. */
export async function look(served: Served, way: Way): Promise<Outcome> {
  const decode = browserDecoder({ wasm: "/mozjpeg_dec.wasm" });
  return outcomeOf({ audit, imageBatches, kFold, split }, await opened[way](served), decode);
}
