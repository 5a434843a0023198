/** Bytes by key, written atomically: a folder in Node, the Cache API or OPFS in the browser, a Map in tests. */
export interface Store {
  /** `undefined` where the key was never put, or was deleted. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Replaces what was there; readers see the old bytes or the new ones, never a part. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** No error where the key is absent. */
  delete(key: string): Promise<void>;
  keys(): AsyncIterable<string>;
}
