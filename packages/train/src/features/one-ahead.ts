/**
 * Results of `task` on `items`, in order: while the consumer works on one, the next item is taken and its task runs. An error is
 * thrown in its turn. Leaving the loop waits for what is under way.
 */
export async function* oneAhead<T, R>(
  items: AsyncIterable<T>,
  task: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  const start = (): Promise<{ result: R } | undefined> => {
    const started = iterator.next().then(async ({ done, value }) => (done ? undefined : { result: await task(value) }));
    // A failure is reported when its turn comes; until then it is not unhandled.
    started.catch(() => undefined);
    return started;
  };
  let next = start();
  try {
    for (;;) {
      const current = await next;
      if (current === undefined) return;
      next = start();
      yield current.result;
    }
  } finally {
    await next.catch(() => undefined);
    await iterator.return?.();
  }
}
