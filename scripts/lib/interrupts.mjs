/**
 * One signal for all that a script started: Ctrl-C and SIGTERM abort it, so that the script's own `finally` ends its programs and removes
 * its folders; a second one ends the process at once.
 * @returns {AbortSignal}
 */
export const interrupts = () => {
  const controller = new AbortController();
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.once(name, () => {
      process.exitCode = 1;
      controller.abort(new Error(`interrupted by ${name}`));
    });
  return controller.signal;
};
