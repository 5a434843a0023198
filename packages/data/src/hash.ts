/** The hexadecimal digits as character codes. */
const digits = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** SHA-256 of `bytes` in lower-case hexadecimal, 64 characters (FIPS 180-4, by the platform's `crypto.subtle`). */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  // In one go: a string that is put together piece by piece keeps all its pieces, 1.5 kB for one that is kept.
  const codes: number[] = [];
  for (const byte of digest) codes.push(digits[byte >> 4]!, digits[byte & 15]!);
  return String.fromCharCode(...codes);
}
