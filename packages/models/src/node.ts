/** Weights from files and a cache folder, for Node. */

export { type CacheFolderOptions, cacheFolder } from "./node/cache-folder.ts";
export { loadBackbone } from "./node/load-backbone.ts";
export { readWeightsFile } from "./node/read-weights-file.ts";
export type { DownloadProgress } from "./weights/download.ts";
export type { LocatedStore, StoreLocation } from "./weights/located-store.ts";
