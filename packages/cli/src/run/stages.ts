/** Wall-clock time of the stages of a run, in order. */
export interface Stages {
  readonly seconds: Readonly<Record<string, number>>;
  /** Times `work`; a stage within another takes its time from that one. */
  time<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A stopwatch with nothing on it yet. */
export function stopwatch(): Stages {
  const seconds: Record<string, number> = {};
  const add = (name: string, time: number) => {
    seconds[name] = (seconds[name] ?? 0) + time;
  };
  const under: string[] = [];
  return {
    seconds,
    async time(name, work) {
      const started = performance.now();
      const outer = under.at(-1);
      under.push(name);
      try {
        return await work();
      } finally {
        const time = (performance.now() - started) / 1000;
        under.pop();
        add(name, time);
        if (outer !== undefined) add(outer, -time);
      }
    },
  };
}

/** Largest resident memory of this process so far, in MiB. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS / 1024;
}
