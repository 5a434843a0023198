/** The functions under test: those of the package's entries, or others that a test has broken on purpose. */
export interface Library {
  readonly [name: string]: unknown;
}

export interface FuzzInput {
  readonly file: Uint8Array;
  readonly story: string;
}

/** Makes the input of a seed and checks it; throws what is wrong. */
export function createTarget(library: Library): {
  describe(seed: number): FuzzInput;
  check(seed: number): Promise<void>;
};
