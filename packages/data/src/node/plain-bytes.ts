/**
 * The same memory as a plain Uint8Array: a Buffer's `slice` shares memory where a Uint8Array's copies, a trap for
 * callers.
 */
export const plainBytes = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
