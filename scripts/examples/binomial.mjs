/**
 * The probability of `hits` or more in `n` tries that succeed with `chance` each: the exact one-sided binomial test.
 * @param {number} hits
 * @param {number} n
 * @param {number} chance in (0, 1)
 * @returns {number}
 */
export const binomialTail = (hits, n, chance) => {
  let sum = 0;
  let logChoose = 0;
  for (let k = 0; k <= n; k++) {
    if (k > 0) logChoose += Math.log(n - k + 1) - Math.log(k);
    if (k >= hits) sum += Math.exp(logChoose + k * Math.log(chance) + (n - k) * Math.log(1 - chance));
  }
  return sum;
};
