/** A counter of free places: at most `places` tasks run at once, the longest waiting first. */
export interface Limiter {
  run<T>(task: () => Promise<T>): Promise<T>;
}

/** A {@link Limiter} with `places` places, at least 1. */
export function limiter(places: number): Limiter {
  let free = places;
  const waiting: (() => void)[] = [];
  return {
    async run(task) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await task();
      } finally {
        // The place passes straight to the next in line, so that nobody overtakes.
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}

/**
 * Maps `items` with up to `ahead` results under way beyond the one that the consumer holds; yields in order. An error
 * is thrown when its turn comes, so that what comes before it is still delivered. Leaving the loop early waits for what
 * is under way. A function for `ahead` is asked each time that the consumer wants a result.
 */
export async function* orderedMap<T, R>(
  items: Iterable<T>,
  ahead: number | (() => number),
  task: (item: T) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R, void, undefined> {
  const queue: Promise<R>[] = [];
  const source = items[Symbol.iterator]();
  const start = (): boolean => {
    const { done, value } = source.next();
    if (done) return false;
    const result = task(value);
    // A failure is reported when its turn comes; until then it is not unhandled.
    result.catch(() => undefined);
    queue.push(result);
    return true;
  };
  try {
    while (true) {
      signal?.throwIfAborted();
      const most = typeof ahead === "number" ? ahead : ahead();
      while (queue.length <= most && start());
      const next = queue.shift();
      if (next === undefined) return;
      yield await next;
    }
  } finally {
    await Promise.allSettled(queue);
  }
}
