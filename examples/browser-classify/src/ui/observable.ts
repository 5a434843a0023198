/** A value that others watch. */
export interface Observable<T> {
  readonly value: T;
  set(value: T): void;
  /** Calls `watcher` now and after every change. */
  watch(watcher: (value: T) => void): void;
}

export function observable<T>(initial: T): Observable<T> {
  const watchers: ((value: T) => void)[] = [];
  let value = initial;
  return {
    get value() {
      return value;
    },
    set(next) {
      value = next;
      for (const watcher of watchers) watcher(next);
    },
    watch(watcher) {
      watchers.push(watcher);
      watcher(value);
    },
  };
}
