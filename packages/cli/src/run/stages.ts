/** Wall-clock time of the stages of a run, in order. */
export interface Stages {
  readonly seconds: Readonly<Record<string, number>>;
  time<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A stopwatch with nothing on it yet. */
export function stopwatch(): Stages {
  const seconds: Record<string, number> = {};
  return {
    seconds,
    async time(name, work) {
      const started = performance.now();
      try {
        return await work();
      } finally {
        seconds[name] = (seconds[name] ?? 0) + (performance.now() - started) / 1000;
      }
    },
  };
}

/** Largest resident memory of this process so far, in MiB. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS / 1024;
}
