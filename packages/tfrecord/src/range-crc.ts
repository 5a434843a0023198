import { mask } from "./crc32c.ts";
import { updateRegister } from "./slicing-crc32c.ts";

/** Checkpoints lie at multiples of this many bytes. */
const BLOCK = 1024;

/**
 * Checksums of many overlapping ranges of a stream at the price of one pass. Recovery tests one candidate header after
 * another, and a crafted file can hold millions that each claim most of the file; computing each checksum directly would
 * be quadratic. CRCs are linear: the register after a range follows from the registers at its two ends and a
 * multiplication by x^(8n) in GF(2) (as in zlib's crc32_combine), at most 2 KiB of direct work and about 30 products.
 */
export class RangeCrc {
  #base = 0;
  #covered = 0;
  /** Registers from 0, after the bytes from #base to each checkpoint. */
  #registers: number[] = [0];

  /**
   * Masked checksum of `bytes[start, end)`. `bytes[0]` lies at `bytesOffset` in the stream; starts must not decrease
   * from call to call by more than the caller keeps bytes for.
   */
  masked(bytes: Uint8Array, bytesOffset: number, start: number, end: number): number {
    const first = Math.ceil((bytesOffset + start) / BLOCK) * BLOCK;
    const last = Math.floor((bytesOffset + end) / BLOCK) * BLOCK;
    if (last - first < BLOCK) return mask(~updateRegister(-1, bytes, start, end));
    this.#cover(bytes, bytesOffset, first, last);
    let register = updateRegister(-1, bytes, start, first - bytesOffset);
    register = shift(register ^ this.#at(first), last - first) ^ this.#at(last);
    return mask(~updateRegister(register, bytes, last - bytesOffset, end));
  }

  #at(offset: number): number {
    return this.#registers[(offset - this.#base) / BLOCK]!;
  }

  #cover(bytes: Uint8Array, bytesOffset: number, first: number, last: number): void {
    if (first < this.#base || first > this.#covered) {
      this.#base = first;
      this.#covered = first;
      this.#registers = [0];
    }
    let register = this.#registers.at(-1)!;
    for (; this.#covered < last; this.#covered += BLOCK) {
      const at = this.#covered - bytesOffset;
      register = updateRegister(register, bytes, at, at + BLOCK);
      this.#registers.push(register);
    }
  }
}

/** Product of two polynomials modulo the CRC-32C polynomial, bits reflected: 0x80000000 is 1. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = 31; bit >= 0; bit--) {
    if ((a >>> bit) & 1) product ^= factor;
    factor = factor & 1 ? (factor >>> 1) ^ 0x82f63b78 : factor >>> 1;
  }
  return product;
}

// POWERS[k] is x^(8 * 2^k), for lengths up to 2^53 bytes.
const POWERS = buildPowers();

function buildPowers(): number[] {
  const powers = [0x00800000];
  while (powers.length < 54) powers.push(multiply(powers.at(-1)!, powers.at(-1)!));
  return powers;
}

/** The register after `count` zero bytes. */
export function shift(register: number, count: number): number {
  let shifted = register;
  let rest = count;
  for (let k = 0; rest > 0; k++) {
    if (rest % 2 === 1) shifted = multiply(POWERS[k]!, shifted);
    rest = Math.floor(rest / 2);
  }
  return shifted;
}
