import type { Store } from "@cassava/contracts";

/** A {@link Store} in a Map: for tests, and where nothing need outlive the process. Bytes are copied in and out. */
export function memoryStore(): Store {
  const values = new Map<string, Uint8Array>();
  return {
    async get(key) {
      return values.get(key)?.slice();
    },
    async put(key, bytes) {
      values.set(key, bytes.slice());
    },
    async delete(key) {
      values.delete(key);
    },
    async *keys() {
      // A snapshot, so that a caller may delete while it iterates.
      yield* [...values.keys()];
    },
  };
}
