/** Stores for the browser: its Cache API, and the files at an address. */
export { cacheStorage } from "./browser/cache-storage.ts";
export { type FetchStoreOptions, fetchStore } from "./browser/fetch-store.ts";
