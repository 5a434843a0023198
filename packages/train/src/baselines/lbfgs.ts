/** A smooth function: its value at `x`, and its gradient written into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** When {@link minimize} ends. */
export interface MinimizeOptions {
  readonly maxIterations: number;
  /** Largest entry of the gradient at which it is done. */
  readonly tolerance: number;
}

/** Pairs of differences that approximate the curvature. */
const MEMORY = 10;
/** Armijo's constant: share of the promised decrease that a step must bring. */
const SUFFICIENT_DECREASE = 1e-4;
const SHORTEST_STEP = 1e-12;

/** Minimizes a convex function in place from `x`: limited-memory BFGS (Nocedal and Wright, algorithm 7.5) with backtracking. */
export function minimize(objective: Objective, x: Float64Array, { maxIterations, tolerance }: MinimizeOptions): void {
  const n = x.length;
  let gradient = new Float64Array(n);
  let value = objective(x, gradient);
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = [];

  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (gradient.every((g) => Math.abs(g) <= tolerance)) return;
    const direction = twoLoopDirection(gradient, pairs);
    const slope = dot(gradient, direction);
    let step = pairs.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    const next = new Float64Array(n);
    const nextGradient = new Float64Array(n);
    let nextValue: number;
    while (true) {
      for (let i = 0; i < n; i++) next[i] = x[i]! + step * direction[i]!;
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + SUFFICIENT_DECREASE * step * slope) break;
      step /= 2;
      if (step < SHORTEST_STEP) return;
    }
    const s = next.map((v, i) => v - x[i]!);
    const y = nextGradient.map((v, i) => v - gradient[i]!);
    const curvature = dot(s, y);
    if (curvature > 0) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > MEMORY) pairs.shift();
    x.set(next);
    value = nextValue;
    gradient = nextGradient;
  }
}

function twoLoopDirection(
  gradient: Float64Array,
  pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]!;
    const alpha = rho * dot(s, q);
    alphas[k] = alpha;
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!;
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = dot(last.s, last.y) / dot(last.y, last.y);
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  for (const [k, { s, y, rho }] of pairs.entries()) {
    const beta = rho * dot(y, q);
    const change = alphas[k]! - beta;
    for (let i = 0; i < q.length; i++) q[i]! += change * s[i]!;
  }
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
