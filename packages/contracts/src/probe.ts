/** What a diagnosis may ask of a live run to test a suspicion; implemented by train and the command line. */
export interface ProbeHost {
  /** Trains on these images only. */
  overfit(
    ids: readonly string[],
    steps: number,
  ): Promise<{ readonly losses: readonly number[]; readonly error: number }>;
  /** Evaluates on one split, optionally with every pixel set to zero. */
  evaluate(options: {
    readonly split: string;
    readonly zeroed?: boolean;
  }): Promise<{ readonly loss: number; readonly accuracy: number }>;
}
