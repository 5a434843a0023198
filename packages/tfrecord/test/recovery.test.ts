import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findHeader } from "../src/find-header.ts";
import { claimedLength, lengthChecksumHolds, writeHeader } from "../src/framing.ts";
import { crc32c, frameRecord } from "../src/index.ts";
import { concat, frames, hex, random, salvage, text } from "./helpers.ts";

const record = fc.uint8Array({ maxLength: 80 });
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 });

/** Damage at a relative position: a changed byte, lost bytes, foreign bytes, or the end cut off. */
const damage = fc.oneof(
  fc.record({
    kind: fc.constant("flip" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    mask: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({
    kind: fc.constant("lose" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 1, max: 120 }),
  }),
  fc.record({
    kind: fc.constant("insert" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant("cut" as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

/** A byte together with the record that it was written for. */
interface Tagged {
  byte: number;
  owner: number;
}

function apply(file: Tagged[], { at, ...what }: Damage): Tagged[] {
  const index = Math.min(file.length - 1, Math.floor(at * file.length));
  if (index < 0) return file;
  switch (what.kind) {
    case "flip":
      return file.map((tagged, i) => (i === index ? { byte: tagged.byte ^ what.mask, owner: -1 } : tagged));
    case "lose":
      return [...file.slice(0, index), ...file.slice(index + what.count)];
    case "insert":
      return [
        ...file.slice(0, index),
        ...Array.from(what.bytes, (byte) => ({ byte, owner: -1 })),
        ...file.slice(index),
      ];
    default:
      return file.slice(0, index);
  }
}

/** Numbers of the records whose frames lie in the file whole and unchanged. */
function untouched(file: readonly Tagged[], written: readonly Uint8Array[]): number[] {
  const whole: number[] = [];
  for (let start = 0; start < file.length; ) {
    const { owner } = file[start]!;
    let end = start;
    while (end < file.length && file[end]!.owner === owner) end++;
    // Two losses can join pieces of one record: compare the bytes too.
    if (
      owner >= 0 &&
      hex(Uint8Array.from(file.slice(start, end), ({ byte }) => byte)) === hex(frameRecord(written[owner]!))
    ) {
      whole.push(owner);
    }
    start = end;
  }
  return whole;
}

describe("reading past damage", () => {
  it("returns every untouched record and none that was not written", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 12 }),
        fc.array(damage, { maxLength: 4 }),
        sizes,
        async (written, damages, cut) => {
          let file = written.flatMap((data, owner) => Array.from(frameRecord(data), (byte) => ({ byte, owner })));
          for (const one of damages) file = apply(file, one);
          const { records, skipped } = await salvage(
            Uint8Array.from(file, ({ byte }) => byte),
            cut,
          );
          const read = records.map(hex);
          const allowed = new Set(written.map(hex));
          for (const data of read) expect(allowed).toContain(data);
          const expected = untouched(file, written).map((i) => hex(written[i]!));
          let next = 0;
          for (const data of read) if (data === expected[next]) next++;
          expect(next).toBe(expected.length);
          // What is neither read nor skipped does not exist.
          const readBytes = records.reduce((sum, data) => sum + data.length + 16, 0);
          expect(skipped.reduce((sum, { start, end }) => sum + end - start, readBytes)).toBe(file.length);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("finds whole records that lost bytes have pulled into the range of a damaged one", async () => {
    const written = Array.from({ length: 8 }, (_, i) => new Uint8Array(i === 2 || i === 6 ? 132 : 32).fill(i + 1));
    const starts = written.map((_, i) => frames(...written.slice(0, i)).length);
    const file = frames(...written);
    for (const victim of [2, 6]) {
      // 48 bytes are one small frame: the claimed frame ends where another begins, or where the file ends.
      const cut = starts[victim]! + 20;
      const { records, skipped } = await salvage(concat([file.subarray(0, cut), file.subarray(cut + 48)]), [1000]);
      expect(records.map((data) => data[0])).toEqual([1, 2, 3, 4, 5, 6, 7, 8].filter((n) => n !== victim + 1));
      expect(skipped.map(({ start, end }) => end - start)).toEqual([100]);
    }
  });

  it("finds them before a tail of zeros, too, that makes up for the bytes that were lost", async () => {
    const written = [132, 32].map((size, i) => new Uint8Array(size).fill(i + 1));
    const file = frames(...written);
    for (const zeros of [1, 2, 3, 4, 11, 30]) {
      // As many bytes are lost as the small frame and the tail have: the claimed frame ends where the file does.
      const lost = concat([file.subarray(0, 20), file.subarray(20 + 48 + zeros), new Uint8Array(zeros)]);
      const { records, skipped } = await salvage(lost, [1000]);
      expect(records.map((data) => data[0])).toEqual([2]);
      const tail = zeros < 12 ? "HEADER_TRUNCATED" : "ZERO_TAIL";
      expect(skipped.map(({ error }) => error.code)).toEqual(["DATA_CRC_MISMATCH", tail]);
    }
  });

  it("does not take records nested in damaged data for records of the file", async () => {
    const nested = frames(text("inner one"), text("inner two"));
    const file = frames(text("before"), nested, text("after"));
    file[22 + 12 + 14] ^= 1;
    const { records, skipped } = await salvage(file);
    expect(records.map((data) => new TextDecoder().decode(data))).toEqual(["before", "after"]);
    expect(skipped.map(({ start, end, record, error }) => [start, end, record, error.code])).toEqual([
      [22, 22 + 16 + nested.length, 1, "DATA_CRC_MISMATCH"],
    ]);
  });

  it("takes linear time on a file of false headers that each claim most of it", async () => {
    // 60,000 headers with valid length checksums: checking each claim directly would read 20 gigabytes and more.
    const count = 60_000;
    const file = new Uint8Array(count * 12 + 16);
    const next = random(7);
    for (let i = 0; i < count; i++) writeHeader(file, i * 12, file.length - i * 12 - 16 - (next() % 1000));
    file.set(frameRecord(new Uint8Array(0)), count * 12);
    const { records, skipped } = await salvage(file, [65_536]);
    expect(records.map((data) => data.length)).toEqual([0]);
    expect(skipped.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(count * 12);
  });

  it("takes linear time where false claims alternate with intact records", async () => {
    const part = 28 + 12;
    const count = 20_000;
    const file = new Uint8Array(count * part);
    for (let i = 0; i < count; i++) {
      writeHeader(file, i * part, Math.max(0, file.length - i * part - 4000));
      file.set(frameRecord(text(String(i).padStart(12))), i * part + 12);
    }
    const { records } = await salvage(file, [65_536]);
    expect(records.length).toBe(count);
    expect(new TextDecoder().decode(records.at(-1))).toBe(String(count - 1).padStart(12));
  });

  it("crosses megabytes of noise without losing what follows", async () => {
    const next = random(3);
    const noise = Uint8Array.from({ length: 3_000_000 }, next);
    const image = Uint8Array.from({ length: 200_000 }, next);
    const file = concat([frames(text("a")), noise, frames(image, text("b"))]);
    for (const size of [1 << 20, 999, 65_536]) {
      const { records, skipped } = await salvage(file, [size]);
      expect(records.map(crc32c)).toEqual([text("a"), image, text("b")].map(crc32c));
      expect(skipped.map(({ start, end }) => [start, end])).toEqual([[17, 17 + noise.length]]);
    }
  });

  it("never makes up a record of a damaged compressed file, never fails or hangs, and says what is missing", async () => {
    const damaged = fc.record({ at: fc.nat(), mask: fc.integer({ min: 1, max: 255 }), cut: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 12 }),
        damaged,
        sizes,
        fc.boolean(),
        async (written, { at, mask, cut }, parts, gzip) => {
          const packed = Uint8Array.from((gzip ? gzipSync : deflateSync)(frames(...written)));
          const index = at % packed.length;
          packed[index]! ^= mask;
          const { records, skipped } = await salvage(cut ? packed.subarray(0, index) : packed, parts);
          // Damage to compressed data can repeat what was written, never make up a record.
          const allowed = new Set(written.map(hex));
          for (const data of records) expect(allowed).toContain(hex(data));
          if (records.length < written.length && index > 0) expect(skipped.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("findHeader", () => {
  it("finds the headers that a test of every position finds, for limits beyond 2^32 too", () => {
    const next = random(12);
    for (let round = 0; round < 300; round++) {
      const bytes = Uint8Array.from({ length: 60 }, () => (next() % 3 === 0 ? next() : 0));
      for (let i = 0; i < 3; i++) writeHeader(bytes, next() % 49, [0, 5, 2 ** 31, 2 ** 32 + 7, 2 ** 40][next() % 5]!);
      for (const limit of [2 ** 30, 2 ** 32 - 1, 2 ** 33, 2 ** 53 - 1]) {
        const expected: number[] = [];
        for (let at = 0; at + 12 <= bytes.length; at++) {
          if (claimedLength(bytes, at) <= limit && lengthChecksumHolds(bytes, at)) expected.push(at);
        }
        const found: number[] = [];
        for (let at = findHeader(bytes, 0, 60, limit); at + 12 <= 60; at = findHeader(bytes, at + 1, 60, limit))
          found.push(at);
        expect(found).toEqual(expected);
      }
    }
  });
});
