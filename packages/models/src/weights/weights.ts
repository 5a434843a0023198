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

/** SHA-256 over names, shapes and bytes, in the order of the names: 64 hexadecimal digits. */
export async function hashWeights(weights: Weights, prefix = ""): Promise<string> {
  const names = [...weights.keys()].sort();
  const header = new TextEncoder().encode(
    `${prefix}\n${names.map((n) => `${n} ${weights.get(n)!.shape}`).join("\n")}\n`,
  );
  const bytes = new Uint8Array(header.length + 4 * names.reduce((sum, n) => sum + weights.get(n)!.data.length, 0));
  bytes.set(header);
  let offset = header.length;
  for (const name of names) {
    const { data } = weights.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
