/** Largest difference as a share of the largest value wanted; infinite where the lengths differ or a value is not a number. */
export function relativeDifference(found, wanted) {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const apart = Math.abs(found[i] - wanted[i]);
    // Not `Math.max`, in which NaN would be lost by the next comparison.
    if (!(apart <= difference)) difference = apart;
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(wanted[i]));
  }
  return difference / largest;
}

/** Throws where `found` is further than `tolerance` from `wanted`; prints how far it is. */
export function expectClose(found, wanted, tolerance) {
  const difference = relativeDifference(found, wanted);
  if (!(difference <= tolerance)) throw new Error(`differ by ${difference} of the largest value, ${tolerance} allowed`);
  console.log(`    max|difference| / max|reference| = ${difference.toExponential(1)}`);
}
