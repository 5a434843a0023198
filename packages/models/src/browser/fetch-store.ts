import type { Store } from "@cassava/contracts";
import { ModelsError } from "../errors.ts";

/** How {@link fetchStore} asks for files. */
export interface FetchStoreOptions {
  /** Sent with every request: credentials, headers, cache mode, signal. */
  readonly init?: RequestInit;
  /** Default: the platform's. */
  readonly fetch?: (url: string, init?: RequestInit) => Promise<Response>;
}

/**
 * The folder at an address, as a `Store` that can only be read: `loadClassifier(fetchStore("https://…/model/"))`. A file that
 * the server does not have (404, 410) is absent.
 *
 * @param baseUrl absolute, or relative to the page; with or without a slash at its end.
 * @throws {ModelsError} `STORE_FAILED`: from `get`, where the server does not answer or answers with another error; from `put`,
 *   `delete` and `keys` always.
 */
export function fetchStore(baseUrl: string | URL, options: FetchStoreOptions = {}): Store {
  const { init, fetch = (url, request) => globalThis.fetch(url, request) } = options;
  const base = String(baseUrl).replace(/\/*$/, "/");

  const readOnly = (verb: string): never => {
    throw new ModelsError(
      "STORE_FAILED",
      `cannot ${verb}: what is fetched can only be read; pass a store on this machine`,
      {
        file: base,
      },
    );
  };
  return {
    async get(key) {
      const file = base + key.split("/").map(encodeURIComponent).join("/");
      const failed = (what: string, cause?: unknown) =>
        new ModelsError("STORE_FAILED", `${what}; check the address, and that the server allows this page to read it`, {
          file,
          cause,
        });
      let response: Response;
      try {
        response = await fetch(file, init);
        if (response.ok) return new Uint8Array(await response.arrayBuffer());
      } catch (cause) {
        throw failed("could not be fetched", cause);
      }
      if (response.status === 404 || response.status === 410) return undefined;
      throw failed(`the server answers ${response.status}`);
    },
    put: async () => readOnly("put"),
    delete: async () => readOnly("delete"),
    keys: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => readOnly("list") }) }),
  };
}
