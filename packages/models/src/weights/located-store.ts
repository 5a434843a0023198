import type { Store } from "@cassava/contracts";

/** Where a store keeps its files, for people who put one there by hand. */
export interface StoreLocation {
  /** Absolute path. */
  readonly folder: string;
  /** Absolute path of the file of this key. */
  fileOf(key: string): string;
}

/** A {@link Store} of files. */
export interface LocatedStore extends Store {
  readonly location: StoreLocation;
}

/** What to say of a key's place in any store: a path, or that it is a key. */
export function placeOf(store: Store, key: string): string {
  return "location" in store ? (store as LocatedStore).location.fileOf(key) : `the key ${key} of the store`;
}
