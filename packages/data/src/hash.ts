/** SHA-256 of `bytes` in lower-case hexadecimal, 64 characters (FIPS 180-4, by the platform's `crypto.subtle`). */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  let text = "";
  for (const byte of digest) text += byte.toString(16).padStart(2, "0");
  return text;
}
