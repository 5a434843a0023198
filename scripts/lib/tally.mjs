import { skipFails } from "./skips.mjs";

/**
 * Counts checks and prints one line for each. `close` prints the line that every harness here ends with.
 * @typedef {object} Tally
 * @property {(label: string, fn: () => unknown) => Promise<boolean>} check runs `fn`; a throw, a rejection or `false` fails
 * @property {(label: string, why: string) => void} skip counts a check that could not run, loudly
 * @property {() => number} close prints `N passed, N failed[, N skipped]`; returns the exit code: 0 only where something ran and nothing failed
 */

/** @returns {Tally} */
export const tally = () => {
  let passed = 0;
  let failed = 0;
  /** @type {string[]} */
  const skipped = [];
  return {
    async check(label, fn) {
      const start = performance.now();
      const took = () => `${Math.round(performance.now() - start)} ms`;
      try {
        if ((await fn()) === false) throw new Error("the check returned false");
        passed += 1;
        console.log(`✓ ${label} (${took()})`);
        return true;
      } catch (error) {
        failed += 1;
        console.log(`✗ ${label} (${took()})`);
        console.log(String(error instanceof Error ? (error.stack ?? error.message) : error).replace(/^/gm, "    "));
        return false;
      }
    },
    skip(label, why) {
      if (skipFails(`${label}: ${why}`)) {
        failed += 1;
        console.log(`✗ ${label} was skipped, and nothing may skip here: ${why}`);
      } else {
        skipped.push(label);
        console.log(`↓ SKIPPED ${label}: ${why}`);
      }
    },
    close() {
      if (passed + failed === 0) console.log("nothing ran");
      console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
      return failed > 0 || passed === 0 ? 1 : 0;
    },
  };
};
