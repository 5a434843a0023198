// The few assertions that the contract suite needs where there is no test framework.

/** Text that is equal for equal values; also of bytes, bigints, maps and undefined. */
function written(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) => {
      if (typeof part === "bigint") return `${part}n`;
      if (ArrayBuffer.isView(part)) return Array.from(part as Uint8Array);
      if (part instanceof Map) return [...part];
      return part;
    }) ?? "undefined"
  );
}

/** Throws unless both values are written alike. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [written(actual), written(expected)];
  if (a === b) return;
  let at = 0;
  while (a[at] === b[at]) at++;
  const near = (text: string) => text.slice(Math.max(0, at - 40), at + 80);
  throw new Error(`${what}: got …${near(a)}…, expected …${near(b)}… (at character ${at})`);
}

/** The code of the error that `work` ends with, or `none`. */
export async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
  return "none";
}
