import type { Store } from "@cassava/contracts";
import { ModelsError } from "../errors.ts";

/** Keys of the Cache API are addresses; nobody answers at this one, since `.invalid` names no host (RFC 2606). */
const ORIGIN = "https://cassava.invalid/";
/** Before the key, so that the keys `.` and `..` are no steps of a path. */
const PREFIX = "key-";

/**
 * A Store in the browser's Cache API: the weights stay for the next visit, by origin, until the browser needs the space or the user
 * clears the site's data (`navigator.storage.persist()` asks it to keep them).
 *
 * @param name of the cache; stores of different names share nothing.
 * @throws {ModelsError} `STORE_FAILED`: no Cache API here, no space left.
 */
export function cacheStorage(name = "cassava"): Store {
  const addressOf = (key: string): string => `${ORIGIN}${PREFIX}${encodeURIComponent(key)}`;
  async function withCache<T>(verb: string, work: (cache: Cache) => Promise<T>): Promise<T> {
    if (!("caches" in globalThis)) {
      const message = "there is no Cache API here: serve the page by https or from localhost, or pass another store";
      throw new ModelsError("STORE_FAILED", message);
    }
    try {
      return await work(await caches.open(name));
    } catch (cause) {
      const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      const message = `the cache "${name}" cannot ${verb} (${reason}): check the site's permission and space to store data`;
      throw new ModelsError("STORE_FAILED", message, { cause });
    }
  }
  return {
    get: (key) =>
      withCache(`read ${key}`, async (cache) => {
        const response = await cache.match(addressOf(key));
        return response && new Uint8Array(await response.arrayBuffer());
      }),
    // A Response takes a copy at once: the caller may go on with its bytes.
    async put(key, bytes) {
      const response = new Response(bytes as Uint8Array<ArrayBuffer>);
      await withCache(`write ${key}`, (cache) => cache.put(addressOf(key), response));
    },
    delete: (key) => withCache(`delete ${key}`, async (cache) => void (await cache.delete(addressOf(key)))),
    async *keys() {
      for (const { url } of await withCache("be listed", (cache) => cache.keys())) {
        yield decodeURIComponent(url.slice(ORIGIN.length + PREFIX.length));
      }
    },
  };
}
