/** One case of golden.json. */
export interface GoldenCase {
  readonly fn: string;
  readonly input: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
  readonly tolerance?: number;
}
export interface Golden {
  readonly origin: Readonly<Record<string, string | number>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly cases: readonly GoldenCase[];
}
export declare const difference: (
  actual: unknown,
  expected: unknown,
  tolerance?: number,
  at?: string,
) => string | undefined;
export declare const titleOf: (testCase: Omit<GoldenCase, "expected">) => string;
export declare const mismatch: (metrics: object, golden: Golden, testCase: GoldenCase) => string | undefined;
export declare const goldenDifference: (actual: Golden, expected: Golden) => string | undefined;
export declare const brokenMetrics: <Metrics extends object>(
  metrics: Metrics,
  name: string,
  relative?: number,
) => Metrics;
