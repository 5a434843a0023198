// Runs the cases of golden.py against a `@cassava/metrics`: its sources in the package's tests, its build in the conformance run.

/** NaN and infinities are strings in JSON. */
const SPECIAL = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** Allowed relative error where a case names none; beside it, 1e-14 absolute, for values that rounding leaves near 0. */
const RELATIVE = 1e-12;
const ABSOLUTE = 1e-14;

const decode = (value) => SPECIAL.get(value) ?? value;

const scaled = (values, scale = 1) => values?.map((value) => value / scale);

/** The arrays of an input, as the functions take them. */
const read = (input) => {
  const scores = scaled(input.scores, input.scoresScale);
  return {
    ...input,
    scores: scores && (input.float32 ? Float32Array.from(scores) : Float64Array.from(scores)),
    weights: scaled(input.weights, input.weightsScale),
  };
};

/** A score by its two forms: from labels and from a matrix; they must agree to the last bit. */
const ofConfusion = (name) => (m, d, options) => {
  const { classes, weights, yTrue, yPred } = d;
  const fromLabels = m[name](yTrue, yPred, { classes, weights, ...options });
  const fromMatrix = m[name](m.confusionMatrix(yTrue, yPred, { classes, weights }), options);
  if (JSON.stringify(fromLabels) !== JSON.stringify(fromMatrix))
    throw new Error(`${name} of labels and of a matrix differ`);
  return fromLabels;
};

const ofScores = (name) => (m, d, options) => {
  // scikit-learn only warns where rows do not sum to one.
  const classes = d.columns === undefined ? {} : { classes: d.classes };
  return m[name](d.yTrue, d.scores, { ...classes, weights: d.weights, ...options });
};

const withoutWeights = (name) => (m, d, options) => ofScores(name)(m, { ...d, weights: undefined }, options);

const RUN = {
  confusionMatrix: (m, d) => m.confusionMatrix(d.yTrue, d.yPred, d).counts,
  normalizeConfusion: (m, d, { over }) => m.normalizeConfusion(m.confusionMatrix(d.yTrue, d.yPred, d), over).counts,
  accuracyScore: ofConfusion("accuracyScore"),
  balancedAccuracyScore: ofConfusion("balancedAccuracyScore"),
  cohenKappaScore: ofConfusion("cohenKappaScore"),
  matthewsCorrcoef: ofConfusion("matthewsCorrcoef"),
  f1Score: ofConfusion("f1Score"),
  precisionRecallFscore: ofConfusion("precisionRecallFscore"),
  formatReport: (m, d, { digits, ...options }) =>
    m.formatReport(ofConfusion("classificationReport")(m, { ...d, weights: undefined }, options), { digits }),
  logLoss: ofScores("logLoss"),
  d2LogLossScore: ofScores("d2LogLossScore"),
  brierScore: ofScores("brierScore"),
  topKAccuracy: ofScores("topKAccuracy"),
  predictedClasses: (m, d) => m.predictedClasses(d.scores, d.classes),
  expectedCalibrationError: withoutWeights("expectedCalibrationError"),
  rocAucScore: ofScores("rocAucScore"),
  rocAucPerClass: ofScores("rocAucPerClass"),
  averagePrecisionScore: ofScores("averagePrecisionScore"),
  averagePrecisionPerClass: ofScores("averagePrecisionPerClass"),
  rocCurve: ofScores("rocCurve"),
  precisionRecallCurve: ofScores("precisionRecallCurve"),
  calibrationCurve: withoutWeights("calibrationCurve"),
  fitTemperature: (m, d) => m.fitTemperature(d.scores, d.yTrue, { classes: d.classes }),
  applyTemperature: (m, d, { temperature }) => m.applyTemperature(d.scores, temperature, d.classes),
  labelEntropy: (m, d) => m.labelEntropy(d.counts),
  majorityShare: (m, d) => m.majorityShare(d.counts),
  wilsonInterval: (m, _, { successes, n, confidence }) => m.wilsonInterval(successes, n, { confidence }),
  mcnemarTest: (m, _, { bothCorrect, onlyA, onlyB, bothWrong }) => {
    const side = (a, b) => [
      ...new Array(bothCorrect).fill(true),
      ...new Array(onlyA).fill(a),
      ...new Array(onlyB).fill(b),
      ...new Array(bothWrong).fill(false),
    ];
    return m.mcnemarTest(side(true, false), side(false, true));
  },
};

/** Where `actual` differs from `expected`, in words; undefined where it does not. Keys that `expected` lacks are not compared. */
export const difference = (actual, expected, tolerance = RELATIVE, at = "") => {
  const wanted = decode(expected);
  const where = at === "" ? "" : `${at.slice(1)}: `;
  if (typeof wanted === "number") {
    const same = Number.isFinite(wanted)
      ? Math.abs(actual - wanted) <= tolerance * Math.abs(wanted) + ABSOLUTE
      : Object.is(actual, wanted);
    return typeof actual === "number" && same ? undefined : `${where}${actual} instead of ${wanted}`;
  }
  if (typeof wanted !== "object" || wanted === null)
    return actual === wanted ? undefined : `${where}${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`;
  if (typeof actual !== "object" || actual === null) return `${where}${actual} instead of ${JSON.stringify(wanted)}`;
  if (Array.isArray(wanted) && actual.length !== wanted.length)
    return `${where}${actual.length} entries instead of ${wanted.length}`;
  for (const key of Object.keys(wanted)) {
    const found = difference(actual[key], wanted[key], tolerance, `${at}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The title of a case. */
export const titleOf = ({ fn, input, options }) => `${fn} ${input}${options ? ` ${JSON.stringify(options)}` : ""}`;

/** What is wrong with the answer of `metrics` to a case, in words; undefined where nothing is. */
export const mismatch = (metrics, golden, testCase) => {
  const { fn, input, options = {}, expected, tolerance } = testCase;
  const decoded = Object.fromEntries(Object.entries(options).map(([key, value]) => [key, decode(value)]));
  const actual = RUN[fn](metrics, read(golden.inputs[input]), decoded);
  const found = difference(actual, expected, tolerance);
  return found === undefined ? undefined : `${titleOf(testCase)}: ${found}`;
};

/** Where two golden files differ: the origin and the inputs exactly, expected values within their case's tolerance. */
export const goldenDifference = (actual, expected) => {
  const { cases: actualCases, ...actualRest } = actual;
  const { cases, ...rest } = expected;
  if (JSON.stringify(actualRest) !== JSON.stringify(rest)) return "the origin or the inputs differ";
  if (actualCases.length !== cases.length) return `${actualCases.length} cases instead of ${cases.length}`;
  for (const [i, testCase] of cases.entries()) {
    const { expected: own, ...head } = actualCases[i];
    const { expected: wanted, ...wantedHead } = testCase;
    if (JSON.stringify(head) !== JSON.stringify(wantedHead))
      return `case ${i} is ${titleOf(head)} instead of ${titleOf(wantedHead)}`;
    const found =
      difference(revive(own), wanted, testCase.tolerance) ?? difference(revive(wanted), own, testCase.tolerance);
    if (found !== undefined) return `${titleOf(testCase)}: ${found}`;
  }
  return undefined;
};

const revive = (value) => JSON.parse(JSON.stringify(value), (_, item) => decode(item));

/** The same functions, but the answers of `name` are a little off: an oracle that accepts one of them is worth nothing. */
export const brokenMetrics = (metrics, name, relative = 1e-5) => {
  const spoil = (value) => {
    if (typeof value === "number") return Number.isFinite(value) ? value * (1 + relative) + 1e-9 : 0.5;
    if (typeof value === "boolean") return !value;
    if (typeof value === "string") return value.replace(/[0-8]/, (digit) => String(Number(digit) + 1));
    if (ArrayBuffer.isView(value)) return Float64Array.from(value, spoil);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoil(item)]));
  };
  return { ...metrics, [name]: (...args) => spoil(metrics[name](...args)) };
};
