/** A weight outside of any engine. */
export interface WeightArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** Weights by name, `layer/variable` as in Keras: `conv1_conv/kernel`. */
export type Weights = ReadonlyMap<string, WeightArray>;

/** Number of elements of a tensor of this shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * One hash for a set of weights, 64 hexadecimal digits: SHA-256 over `prefix` and, sorted by name, a line for each weight with
 * its name, shape and the SHA-256 of its bytes.
 */
export async function hashWeights(weights: Weights, prefix = ""): Promise<string> {
  const lines = [prefix];
  for (const name of [...weights.keys()].sort()) {
    const { shape, data } = weights.get(name)!;
    lines.push(`${name} [${shape}] ${await sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`);
  }
  return sha256(new TextEncoder().encode(lines.join("\n")));
}

/** SHA-256, 64 hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
