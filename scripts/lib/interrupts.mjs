/** A terminal's Ctrl-C can arrive twice, from the terminal and from pnpm: what comes so soon after the first, in ms, is the same. */
const SAME = 2000;

/**
 * One signal for all that a script started: Ctrl-C, SIGTERM and SIGHUP abort it, so that the script's own `finally` ends its programs and
 * removes its folders. Once more, later, ends the process at once.
 * @returns {AbortSignal}
 */
export const interrupts = () => {
  const controller = new AbortController();
  let first = 0;
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.on(name, () => {
      if (first === 0) {
        first = performance.now();
        process.stderr.write(`${name}: ending what was started…\n`);
        controller.abort(new Error(`interrupted by ${name}`));
      } else if (performance.now() - first > SAME) process.exit(1);
    });
  return controller.signal;
};
