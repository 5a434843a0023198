import type { McNemarResult } from "./compare.ts";
import { MetricsError } from "./errors.ts";
import { type Interval, wilsonInterval } from "./interval.ts";

/** A classifier's hits on the test set. */
export interface VerdictScore {
  readonly name: string;
  readonly correct: number;
  readonly n: number;
}

/** What the model is compared with. */
export interface VerdictBaseline extends VerdictScore {
  /** `mcnemarTest(model, baseline)` on the same samples, where both answers are known: it can tell apart what intervals cannot. */
  readonly paired?: Pick<McNemarResult, "onlyA" | "onlyB" | "pValue">;
}

/** Input of {@link verdict}. */
export interface VerdictInput {
  readonly model: VerdictScore;
  /** At least one. */
  readonly baselines: readonly VerdictBaseline[];
  /** In (0, 1). */
  readonly confidence?: number;
}

/** How sure it is that the model beats a baseline. */
export type VerdictLevel = "beyond-doubt" | "paired-test-only" | "not-better";

/** The model against one baseline. */
export interface VerdictComparison {
  readonly name: string;
  readonly accuracy: Interval;
  readonly level: VerdictLevel;
  /** Of the paired test, where one was given. */
  readonly pValue?: number;
}

/** Whether the model beats its baselines. */
export interface Verdict {
  /** True where the model is better beyond doubt than every baseline. */
  readonly better: boolean;
  /** The weakest level over the baselines. */
  readonly level: VerdictLevel;
  /** One paragraph for people, with numbers. */
  readonly text: string;
  readonly accuracy: Interval;
  readonly comparisons: readonly VerdictComparison[];
}

/**
 * Says whether a model beats its baselines. It is better *beyond doubt* where the lower end of its Wilson interval lies above the
 * upper end of the baseline's: a stricter rule than a test of the difference. It is better *by a paired test only* where the
 * intervals overlap but McNemar's exact test of the two on the same samples gives p < 1 - confidence in its favour.
 * Throws OPTION_INVALID.
 */
export const verdict = ({ model, baselines, confidence = 0.95 }: VerdictInput): Verdict => {
  if (baselines.length === 0)
    throw new MetricsError("OPTION_INVALID", "there is no baseline: compare with the majority class at least");
  if (![model, ...baselines].every(({ n }) => n > 0))
    throw new MetricsError(
      "EMPTY",
      "a score has n = 0: count at least one test sample for the model and each baseline",
    );
  const accuracy = wilsonInterval(model.correct, model.n, { confidence });
  const comparisons = baselines.map((baseline) => compare(accuracy, baseline, confidence));
  const level = LEVELS.find((candidate) => comparisons.some((comparison) => comparison.level === candidate))!;
  return {
    better: level === "beyond-doubt",
    level,
    text: describe(model, accuracy, comparisons),
    accuracy,
    comparisons,
  };
};

/** Weakest first. */
const LEVELS: readonly VerdictLevel[] = ["not-better", "paired-test-only", "beyond-doubt"];

const compare = (
  accuracy: Interval,
  { name, correct, n, paired }: VerdictBaseline,
  confidence: number,
): VerdictComparison => {
  const own = wilsonInterval(correct, n, { confidence });
  const byTest = paired !== undefined && paired.onlyA > paired.onlyB && paired.pValue < 1 - confidence;
  const level = accuracy.low > own.high ? "beyond-doubt" : byTest ? "paired-test-only" : "not-better";
  return { name, accuracy: own, level, ...(paired === undefined ? {} : { pValue: paired.pValue }) };
};

const describe = (model: VerdictScore, accuracy: Interval, comparisons: readonly VerdictComparison[]): string => {
  const { confidence } = accuracy;
  const group = (kind: VerdictLevel | "worse", say: (list: string) => string) => {
    const members = comparisons.filter((comparison) => kindOf(accuracy, comparison) === kind);
    return members.length === 0 ? [] : [say(join(members.map(describeBaseline)))];
  };
  const clauses = [
    ...group("beyond-doubt", (list) => `is above ${list}`),
    ...group("paired-test-only", (list) => `is better than ${list} by a paired test only, as the intervals overlap`),
    ...group("not-better", (list) => `is not shown to be better than ${list}`),
    ...group("worse", (list) => `is worse than ${list}`),
  ];
  const interval = `${Number((confidence * 100).toPrecision(12))} % interval ${range(accuracy)}, n = ${model.n}`;
  return `Test accuracy ${percent(accuracy.estimate)} % (${interval}) ${clauses.join("; it ")}.`;
};

/** The level, or that the baseline is better: by its interval, or by the paired test. */
const kindOf = (
  { estimate, high, confidence }: Interval,
  { level, accuracy, pValue = 1 }: VerdictComparison,
): VerdictLevel | "worse" => {
  const isBelow = accuracy.low > high || (accuracy.estimate > estimate && pValue < 1 - confidence);
  return isBelow ? "worse" : level;
};

const describeBaseline = ({ name, accuracy, pValue, level }: VerdictComparison): string => {
  const test =
    pValue === undefined || level === "beyond-doubt"
      ? ""
      : `, p ${pValue < 0.001 ? "< 0.001" : `= ${pValue.toFixed(3)}`}`;
  return `${name} (${percent(accuracy.estimate)} %, ${range(accuracy)}${test})`;
};

const range = ({ low, high }: Interval): string => `${percent(low)}-${percent(high)} %`;

const percent = (share: number): string => (share * 100).toFixed(1);

const join = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
