/** Gradients below this share of their tensor's largest count as nearly zero. */
const SMALL_GRADIENT = 1e-3;

/**
 * How far a weight after a step is from the one wanted: `weight`, relative to the largest weight, of every element; `update`,
 * relative to the largest update. Adam's first step is about the sign of the gradient, which rounding decides where the gradient is
 * nearly zero (it is known from `descent`, the weights after a step of plain gradient descent): its `update` leaves such elements
 * out, but not those that do not move at all. `compared` is the share of elements that it looks at.
 */
export function updateDifferences({ before, ours, wanted, descent }) {
  const gradient = (i) => Math.abs(descent[i] - before[i]);
  let [steepest, heaviest, furthest] = [0, 0, 0];
  for (let i = 0; i < before.length; i++) {
    steepest = Math.max(steepest, gradient(i));
    heaviest = Math.max(heaviest, Math.abs(wanted[i]));
    furthest = Math.max(furthest, Math.abs(wanted[i] - before[i]));
  }
  const isDoubtful = (i) => descent !== wanted && wanted[i] !== before[i] && gradient(i) < SMALL_GRADIENT * steepest;
  let [weight, update, compared] = [0, 0, 0];
  for (let i = 0; i < before.length; i++) {
    const difference = Math.abs(ours[i] - wanted[i]);
    if (!Number.isFinite(difference)) return { weight: difference, update: difference, compared: 0 };
    weight = Math.max(weight, difference);
    if (isDoubtful(i)) continue;
    compared++;
    update = Math.max(update, difference);
  }
  return { weight: weight / heaviest, update: update / furthest, compared: compared / before.length };
}
