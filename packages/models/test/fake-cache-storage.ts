/** The part of the Cache API that a Store needs, in memory: addresses are parsed as a browser does, bodies are read when they are put. */
export function fakeCacheStorage({ full = false } = {}): Pick<CacheStorage, "open"> {
  const named = new Map<string, Map<string, Response>>();
  return {
    async open(name) {
      const entries = named.get(name) ?? new Map<string, Response>();
      named.set(name, entries);
      const addressOf = (request: RequestInfo | URL) => new Request(request).url;
      const cache: Pick<Cache, "match" | "put" | "delete" | "keys"> = {
        match: async (request) => entries.get(addressOf(request))?.clone(),
        async put(request, response) {
          if (full) throw new DOMException("no space left", "QuotaExceededError");
          const body = await response.arrayBuffer();
          entries.set(addressOf(request), new Response(body));
        },
        delete: async (request) => entries.delete(addressOf(request)),
        keys: async () => [...entries.keys()].map((url) => new Request(url)),
      };
      return cache as Cache;
    },
  };
}
