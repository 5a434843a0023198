/**
 * One run of a contender. It may time itself and return seconds (a peer in another process does, so that its start is
 * not counted); where it returns undefined, the wall-clock time of the call counts.
 * @typedef {() => Promise<number | undefined>} Contender
 */

/**
 * What the rounds of one contender come to.
 * @typedef {object} Row
 * @property {string} contender
 * @property {number} rounds how many counted
 * @property {number} median seconds
 * @property {number} min seconds
 * @property {number} max seconds
 * @property {number} spread (max - min) / median
 * @property {number} ratio this median over the median of the first contender: 2 = takes twice as long
 */

/**
 * @typedef {object} SideBySideOptions
 * @property {Readonly<Record<string, Contender>>} contenders by name; the first is what the ratios refer to
 * @property {number} rounds how many times each runs and counts; >= 1
 * @property {number} [warmup] rounds before, which do not count; default 1
 */

/** @param {readonly number[]} values at least one; @returns {number} the middle, or the mean of the two in the middle */
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half];
  const lower = sorted.length % 2 === 1 ? upper : sorted[half - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("the median of no values");
  return (lower + upper) / 2;
};

/**
 * Runs contenders in turns within one process and one span of time, so that a busy or throttled machine slows all of
 * them alike. The order turns round with each round, so that none always runs first.
 * @param {SideBySideOptions} options
 * @returns {Promise<Row[]>} one row for each contender, in the order given
 */
export const sideBySide = async ({ contenders, rounds, warmup = 1 }) => {
  const names = Object.keys(contenders);
  /** @type {Map<string, number[]>} */
  const times = new Map(names.map((name) => [name, []]));
  for (let round = -warmup; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const start = performance.now();
      const seconds = (await contenders[name]?.()) ?? (performance.now() - start) / 1000;
      if (!(seconds > 0)) throw new RangeError(`${name} reports ${seconds} seconds`);
      if (round >= 0) times.get(name)?.push(seconds);
      process.stderr.write(
        `  ${round < 0 ? "warm-up" : `round ${round + 1}/${rounds}`}  ${name}  ${seconds.toFixed(4)} s\n`,
      );
    }
  }
  const first = median(times.get(names[0] ?? "") ?? []);
  return [...times].map(([contender, seconds]) => {
    const [middle, min, max] = [median(seconds), Math.min(...seconds), Math.max(...seconds)];
    return { contender, rounds, median: middle, min, max, spread: (max - min) / middle, ratio: middle / first };
  });
};
