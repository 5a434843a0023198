import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c } from "../src/index.ts";
import { RangeCrc, shift } from "../src/range-crc.ts";
import { updateRegister } from "../src/slicing-crc32c.ts";
import { text } from "./helpers.ts";

/** The definition, bit by bit. */
function bitwise(bytes: Uint8Array): number {
  let register = 0xffffffff;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ 0x82f63b78 : register >>> 1;
  }
  return ~register >>> 0;
}

const vectors: readonly [string, Uint8Array, number][] = [
  ["32 zeros", new Uint8Array(32), 0x0fd7fffa],
  ["32 times 0xff", new Uint8Array(32).fill(255), 0xf909b029],
  ["foo", text("foo"), 0xfebe8a61],
  ["the length 3", new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0]), 0x0e4999b0],
];

describe("crc32c", () => {
  it("has the check value of the polynomial", () => {
    expect(crc32c(text("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });

  it.each(vectors)("masked, of %s", (_, bytes, expected) => {
    expect(maskedCrc32c(bytes)).toBe(expected);
  });

  it("agrees with the definition for every length and alignment", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (bytes, from) => {
        const view = bytes.subarray(Math.min(from, bytes.length));
        expect(crc32c(view)).toBe(bitwise(view));
      }),
    );
  });

  it("continues from a register", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
        const at = Math.min(cut, bytes.length);
        const first = updateRegister(-1, bytes, 0, at);
        expect(~updateRegister(first, bytes, at, bytes.length) >>> 0).toBe(crc32c(bytes));
      }),
    );
  });
});

describe("checksums of ranges", () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => (i * 2654435761) >>> 13);

  it("shift over zeros", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(5000), (register, count) => {
        expect(shift(register, count)).toBe(updateRegister(register, new Uint8Array(count), 0, count));
      }),
    );
  });

  it("equal direct checksums, in any order of starts, with the buffer at any offset", () => {
    const range = fc.tuple(fc.nat(20_000), fc.nat(20_000));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), fc.nat(3000), (ranges, offset) => {
        const crc = new RangeCrc();
        for (const [a, b] of ranges) {
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          expect(crc.masked(bytes, offset, start, end)).toBe(maskedCrc32c(bytes.subarray(start, end)));
        }
      }),
    );
  });
});
