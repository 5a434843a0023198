/** Uniform numbers in [0, 1) with 53 random bits. */
export type Random = () => number;

/**
 * A seeded generator: sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, PractRand), 128 bits of state, its period at
 * least 2^32. The seed goes through splitmix32, so that near seeds give unrelated streams. The same seed gives the same numbers
 * on every machine. Not for secrets.
 */
export const createRandom = (seed: number): Random => {
  let mix = seed | 0;
  const word = () => {
    mix = (mix + 0x9e3779b9) | 0;
    let t = mix ^ (mix >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return t ^ (t >>> 15);
  };
  let a = word();
  let b = word();
  let c = word();
  let counter = 1;
  const next = () => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    return out >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
};

/**
 * A draw from the binomial distribution of `n` trials of probability `p`: by inversion where the mean is below 10, else by Hörmann's
 * transformed rejection (BTRS; The generation of binomial random variates, J. Stat. Comput. Simul. 46, 1993). Both are exact up to
 * rounding.
 */
export const drawBinomial = (n: number, p: number, random: Random): number => {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, random);
  return n * p < 10 ? drawByInversion(n, p, random) : drawByRejection(n, p, random);
};

const drawByInversion = (n: number, p: number, random: Random): number => {
  const odds = p / (1 - p);
  let mass = Math.exp(n * Math.log1p(-p));
  let rest = random();
  let k = 0;
  while (rest > mass && k < n) {
    rest -= mass;
    k++;
    mass *= (odds * (n - k + 1)) / k;
  }
  return k;
};

const drawByRejection = (n: number, p: number, random: Random): number => {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * spread;
  const logOdds = Math.log(p / (1 - p));
  const mode = Math.floor((n + 1) * p);
  const atMode = logFactorial(mode) + logFactorial(n - mode);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5);
    if (k < 0 || k > n) continue;
    if (us >= 0.07 && v <= 0.92 - 4.2 / b) return k;
    const bound = atMode - logFactorial(k) - logFactorial(n - k) + (k - mode) * logOdds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
};

/** ln k!, by Stirling's series from 16 on (relative error below 1e-15). */
const logFactorial = (k: number): number => {
  if (k < 16) {
    let product = 1;
    for (let i = 2; i <= k; i++) product *= i;
    return Math.log(product);
  }
  const x = 1 / (k * k);
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - x / 1680) * x) * x) / k;
  return (k + 0.5) * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI) + series;
};
