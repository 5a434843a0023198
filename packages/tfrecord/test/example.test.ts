import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bytesFeature,
  decodeExample,
  encodeExample,
  type Feature,
  type FeatureInput,
  floatFeature,
  int64Feature,
  isTFRecordError,
} from "../src/index.ts";
import { decodeSequenceExample, encodeSequenceExample } from "../src/sequence.ts";
import { fromHex, hex, text } from "./helpers.ts";

const decode = (digits: string) => decodeExample(fromHex(digits));
const ints = (...values: bigint[]): Feature => ({ kind: "int64", value: BigInt64Array.from(values) });
const floats = (...values: number[]): Feature => ({ kind: "float", value: Float32Array.from(values) });

/** Hexadecimal of a length-delimited field; lengths below 2^14. */
function field(number: number, body: string): string {
  const size = body.replaceAll(" ", "").length / 2;
  return hex(new Uint8Array([number * 8 + 2, ...(size < 128 ? [size] : [(size & 127) | 128, size >> 7])])) + body;
}
/** An Example whose feature map has these entries. */
const example = (...entries: string[]) => field(1, entries.map((entry) => field(1, entry)).join(""));
const key = (name: string) => field(1, hex(text(name)));
/** An entry with a Feature made of these bodies. */
const entry = (name: string, ...feature: string[]) => key(name) + field(2, feature.join(""));

const packed = (digits: string) => field(3, field(1, digits));

describe("decodeExample", () => {
  it("reads TensorFlow's unpacked vector, and the packed form of it", () => {
    expect(decode("0a0d0a0b0a036167651204 1a02080d")).toEqual(new Map([["age", ints(13n)]]));
    expect(decode(example(entry("age", packed("0d"))))).toEqual(new Map([["age", ints(13n)]]));
  });

  it("appends packed, single and repeated lists of one kind", () => {
    const list = `${field(1, "0102")}0803${field(1, "04")}`;
    expect(decode(example(entry("a", field(3, list), field(3, "0805")))).get("a")).toEqual(ints(1n, 2n, 3n, 4n, 5n));
    const singles = `0d0000803f${field(1, "0000004000004040")}0d00008040`;
    expect(decode(example(entry("a", field(2, singles)))).get("a")).toEqual(floats(1, 2, 3, 4));
  });

  it("lets the last kind, the last entry and the last key win", () => {
    const last = entry("a", packed("01"), field(2, "0d0000803f"), packed("02"));
    expect(decode(example(last)).get("a")).toEqual(ints(2n));
    expect(decode(example(entry("a", packed("01")), entry("a", packed("02")))).get("a")).toEqual(ints(2n));
    expect(decode(example(entry("a", packed("01")), key("a")))).toEqual(new Map([["a", { kind: "none" }]]));
    expect([...decode(example(key("x") + entry("y", packed("01")))).keys()]).toEqual(["y"]);
  });

  it("merges features that occur twice, and values inside one entry", () => {
    const twice = example(entry("a", packed("01"))) + example(entry("b", packed("02")), entry("a", packed("03")));
    expect(decode(twice)).toEqual(
      new Map([
        ["a", ints(3n)],
        ["b", ints(2n)],
      ]),
    );
    const merged = key("a") + field(2, packed("01")) + field(2, packed("02"));
    expect(decode(example(merged)).get("a")).toEqual(ints(1n, 2n));
  });

  it("takes the value before the key, and fills in what is missing", () => {
    expect(decode(example(field(2, packed("01")) + key("a")))).toEqual(new Map([["a", ints(1n)]]));
    expect(decode(example(field(2, packed("01"))))).toEqual(new Map([["", ints(1n)]]));
    expect(decode(example(key("a")))).toEqual(new Map([["a", { kind: "none" }]]));
    expect(decode(example(""))).toEqual(new Map([["", { kind: "none" }]]));
  });

  it("tells an absent key, Feature {} and an empty list apart", () => {
    const read = decode(
      example(entry("none"), entry("empty", field(1, "")), entry("ints", field(3, "")), entry("packed", packed(""))),
    );
    expect(read.get("absent")).toBe(undefined);
    expect(read.get("none")).toEqual({ kind: "none" });
    expect(read.get("empty")).toEqual({ kind: "bytes", value: [] });
    expect(read.get("ints")).toEqual(ints());
    expect(read.get("packed")).toEqual(ints());
    expect(decode("")).toEqual(new Map());
    expect(decode("0a00")).toEqual(new Map());
  });

  it("skips unknown fields of every wire type, groups too", () => {
    const unknown = `4801 51${"00".repeat(8)} ${field(12, "ffff")} 75${"00".repeat(4)} 7b 4801 7b 7c 7c`.replaceAll(
      " ",
      "",
    );
    const inside = entry("a", unknown, field(3, unknown + field(1, "07") + unknown), unknown);
    expect(decode(unknown + example(unknown + inside + unknown) + unknown).get("a")).toEqual(ints(7n));
    // Known numbers with other wire types are unknown fields too.
    expect(decode(`0801${example(`0801${entry("a", "0801", packed("07"))}`)}`).get("a")).toEqual(ints(7n));
  });

  it("reads integers exactly", () => {
    const values =
      "ffffffffffffffffff01 ffffffffffffffff7f 80808080808080808001 8180808080808010 ffffffff0f 8080808008";
    const list = decode(example(entry("a", packed(values.replaceAll(" ", "")))));
    expect(list.get("a")).toEqual(ints(-1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 2n ** 32n - 1n, 2n ** 31n));
  });

  it("keeps the bits of every float, of few and of many", () => {
    const bits = ["0100807f", "0000c07f", "00000080", "01000000", "0000807f"];
    for (const copies of [1, 20]) {
      const body = bits.join("").repeat(copies);
      const read = decode(example(entry("a", field(2, field(1, body))))).get("a") as { value: Float32Array };
      const expected = new Float32Array(fromHex(body).slice().buffer);
      expect(read.value.length).toBe(5 * copies);
      for (const [i, value] of read.value.entries()) expect(Object.is(value, expected[i])).toBe(true);
    }
  });

  it("has no trouble with a name that objects treat specially", () => {
    const features = new Map<string, FeatureInput>([
      ["__proto__", int64Feature(1)],
      ["constructor", int64Feature(2)],
      ["", int64Feature(3)],
    ]);
    expect(decodeExample(encodeExample(features))).toEqual(
      new Map([
        ["", ints(3n)],
        ["__proto__", ints(1n)],
        ["constructor", ints(2n)],
      ]),
    );
  });

  it.each([
    ["a cut length", "0a"],
    ["a length beyond the end", "0a05 0a"],
    ["a number of eleven bytes", example(entry("a", packed("ffffffffffffffffffff01")))],
    ["a cut number", example(entry("a", packed("ff")))],
    ["a field number of zero", "00"],
    ["a cut fixed value", "4d0000"],
    ["floats that are not whole", example(entry("a", field(2, field(1, "000000"))))],
    ["a group that does not end", "4b0801"],
    ["a group that ends under another number", "4b54"],
    ["the end of no group", "0c"],
    ["wire type 6", "0e"],
    ["a name that is not UTF-8", example(field(1, "ff") + field(2, packed("01")))],
    ["a submessage that runs over its parent", "0a040a 0b 0a036167651204 1a02080d"],
    ["a malformed list that another kind replaces", example(entry("a", packed("ff"), field(2, "")))],
    ["a name that is not UTF-8 and that another replaces", example(field(1, "ff") + entry("a", packed("01")))],
    ["groups too deep", "4b".repeat(200)],
    ["a length of 2^63", "0affffffffffffffff7f"],
  ])("refuses %s", (_, digits) => {
    expect(() => decode(digits)).toThrow(/well-formed|UTF-8/);
    try {
      decode(digits);
    } catch (error) {
      expect(isTFRecordError(error, "EXAMPLE_MALFORMED")).toBe(true);
    }
  });

  it("never fails otherwise, whatever the bytes", () => {
    const valid = encodeExample({
      a: bytesFeature("x", "y"),
      b: floatFeature(1, 2),
      c: int64Feature(-1, 300),
      d: { kind: "none" },
    });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(valid.length),
        fc.nat(255),
        fc.boolean(),
        (noise, at, byte, mutate) => {
          const bytes = mutate ? valid.map((old, i) => (i === at ? byte : old)) : noise;
          try {
            decodeExample(bytes);
            decodeSequenceExample(bytes);
          } catch (error) {
            expect(isTFRecordError(error, "EXAMPLE_MALFORMED")).toBe(true);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

const anyFeature: fc.Arbitrary<Feature> = fc.oneof(
  fc.array(fc.uint8Array({ maxLength: 20 })).map((value): Feature => ({ kind: "bytes", value })),
  fc.array(fc.float(), { maxLength: 40 }).map((value): Feature => ({ kind: "float", value: Float32Array.from(value) })),
  fc
    .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 40 })
    .map((value): Feature => ({ kind: "int64", value: BigInt64Array.from(value) })),
  fc.constant<Feature>({ kind: "none" }),
);
const name = fc.string({ unit: "grapheme", maxLength: 12 });

describe("encodeExample", () => {
  it("is undone by decodeExample", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, anyFeature)), (entries) => {
        const features = new Map(entries);
        expect(decodeExample(encodeExample(features))).toEqual(features);
      }),
    );
  });

  it("does not depend on the order of the names, and sorts them by their UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const forward = encodeExample(names.map((key) => [key, int64Feature(1)] as const));
        expect(hex(encodeExample(names.toReversed().map((key) => [key, int64Feature(1)] as const)))).toBe(hex(forward));
        const sorted = names.map(text).sort(Buffer.compare);
        expect([...decodeExample(forward).keys()].map(text)).toEqual(sorted);
      }),
    );
    // U+FF61 sorts before U+10000 as UTF-8, after it as UTF-16.
    expect([
      ...decodeExample(encodeExample({ "\u{10000}": int64Feature(1), "\uff61": int64Feature(1) })).keys(),
    ]).toEqual(["\uff61", "\u{10000}"]);
  });

  it("writes what TensorFlow writes", () => {
    expect(hex(encodeExample({}))).toBe("0a00");
    expect(hex(encodeExample({ age: int64Feature(13) }))).toBe("0a0e0a0c0a036167651205 1a030a010d".replace(" ", ""));
    expect(hex(encodeExample({ a: int64Feature() }))).toBe("0a090a070a01611202 1a00".replace(" ", ""));
    expect(hex(encodeExample({ a: { kind: "none" } }))).toBe("0a070a050a01611200");
  });

  it("takes numbers and bigints, text and bytes, arrays and typed arrays", () => {
    const read = decodeExample(
      encodeExample({
        ints: { kind: "int64", value: [1, -1, 2n ** 63n - 1n, Number.MIN_SAFE_INTEGER, 2 ** 40, -0] },
        text: { kind: "bytes", value: ["über", text("x"), "\u{1f33f}"] },
        floats: { kind: "float", value: [0.1, Number.NaN] },
      }),
    );
    expect(read.get("ints")).toEqual(ints(1n, -1n, 2n ** 63n - 1n, BigInt(Number.MIN_SAFE_INTEGER), 2n ** 40n, 0n));
    expect(read.get("text")).toEqual({ kind: "bytes", value: [text("über"), text("x"), text("\u{1f33f}")] });
    expect(read.get("floats")).toEqual(floats(Math.fround(0.1), Number.NaN));
  });

  it.each([
    ["a fraction", int64Feature(1.5), "INT_RANGE"],
    ["an unsafe number", int64Feature(2 ** 53), "INT_RANGE"],
    ["NaN", int64Feature(Number.NaN), "INT_RANGE"],
    ["more than 64 bits", int64Feature(2n ** 63n), "INT_RANGE"],
    ["a lone surrogate", bytesFeature("\ud800"), "FEATURE_UTF8"],
    ["another kind", { kind: "double", value: [1] } as never, "FEATURE_KIND"],
  ])("refuses %s and names the feature", (_, feature, code) => {
    expect(() => encodeExample({ good: int64Feature(1), bad: feature })).toThrowError(
      expect.objectContaining({ code, feature: "bad" }),
    );
    // The next call is not disturbed.
    expect(hex(encodeExample({}))).toBe("0a00");
  });

  it("refuses a name that cannot be written", () => {
    expect(() => encodeExample({ "\udc00": int64Feature(1) })).toThrowError(
      expect.objectContaining({ code: "FEATURE_UTF8" }),
    );
  });

  it("grows beyond its buffer, again and again", () => {
    for (const size of [10, 5000, 3_000_000, 5_000_000, 7]) {
      const image = new Uint8Array(size).fill(size & 255);
      const read = decodeExample(encodeExample({ image: bytesFeature(image), size: int64Feature(size) }));
      expect(Buffer.compare((read.get("image") as { value: Uint8Array[] }).value[0]!, image)).toBe(0);
      expect(read.get("size")).toEqual(ints(BigInt(size)));
    }
  });
});

describe("SequenceExample", () => {
  it("is decoded as it was encoded", () => {
    const lists = fc.array(fc.tuple(name, fc.array(anyFeature, { maxLength: 4 })), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, anyFeature), { maxLength: 4 }), lists, (context, featureLists) => {
        const input = { context: new Map(context), featureLists: new Map(featureLists) };
        expect(decodeSequenceExample(encodeSequenceExample(input))).toEqual(input);
      }),
    );
  });

  it("omits what is absent and merges what comes in parts", () => {
    expect(hex(encodeSequenceExample({}))).toBe("");
    expect(hex(encodeSequenceExample({ context: {}, featureLists: {} }))).toBe("0a001200");
    const list = (digits: string) => field(1, packed(digits));
    const parts = field(2, field(1, key("a") + field(2, list("01")) + field(2, list("02") + list("03"))));
    expect(decodeSequenceExample(fromHex(parts)).featureLists.get("a")).toEqual([ints(1n), ints(2n), ints(3n)]);
    const twice =
      field(2, field(1, key("a") + field(2, list("01")))) + field(2, field(1, key("a") + field(2, list("02"))));
    expect(decodeSequenceExample(fromHex(twice)).featureLists.get("a")).toEqual([ints(2n)]);
  });
});
