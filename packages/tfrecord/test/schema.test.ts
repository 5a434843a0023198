import { describe, expect, expectTypeOf, it } from "vitest";
import {
  bigint,
  bytes,
  bytesFeature,
  decodeWith,
  encodeExample,
  encodeWith,
  type FeaturesInput,
  float,
  floatFeature,
  type InferRecord,
  int,
  int64Feature,
  readExamples,
  schema,
  string,
  TFRecordError,
} from "../src/index.ts";
import { inferSchema, inspectRecords, schemaCode } from "../src/inspect.ts";
import { collect, failure, frames, fromHex, text } from "./helpers.ts";

const leaf = schema({ image: bytes(), image_name: string(), target: int({ optional: true }) });
const wide = schema({
  tags: string({ list: true }),
  parts: bytes({ list: true }),
  box: float({ list: true }),
  weight: float(),
  ids: int({ list: true }),
  id: bigint(),
  all: bigint({ list: true, optional: true }),
});

const record = { image: text("jpeg"), image_name: "1.jpg", target: 3 };
const thrown = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("schema", () => {
  it("gives records their types", () => {
    expectTypeOf<InferRecord<typeof leaf>>().toEqualTypeOf<{
      image: Uint8Array;
      image_name: string;
      target?: number | undefined;
    }>();
    expectTypeOf<InferRecord<typeof wide>>().toEqualTypeOf<{
      tags: string[];
      parts: Uint8Array[];
      box: Float32Array;
      weight: number;
      ids: number[];
      id: bigint;
      all?: BigInt64Array | undefined;
    }>();
  });

  it("decodes every type, and encodeWith undoes it", () => {
    const value = {
      tags: ["a", "ü"],
      parts: [text("x"), new Uint8Array(0)],
      box: Float32Array.of(0.5, 2),
      weight: 0.25,
      ids: [1, -2, 2 ** 53 - 1],
      id: -(2n ** 63n),
      all: BigInt64Array.of(7n),
    };
    expect(decodeWith(wide, encodeWith(wide, value))).toEqual(value);
    expect(decodeWith(leaf, encodeWith(leaf, record))).toEqual(record);
    expect(decodeWith(leaf, encodeWith(leaf, { ...record, target: undefined })).target).toBe(undefined);
    expect(thrown(() => encodeWith(leaf, { image: text("") } as never))).toMatchObject({
      code: "FEATURE_MISSING",
      feature: "image_name",
    });
  });

  it("finds features in any order among others, and the last of several", () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`feature${i}`, int64Feature(i)]));
    const picked = schema({ feature41: int(), feature7: int(), feature59: int() });
    expect(decodeWith(picked, encodeExample(many))).toEqual({ feature41: 41, feature7: 7, feature59: 59 });
    expect(decodeWith(schema({ a: int() }), fromHex("0a160a090a01611204 1a020801 0a090a01611204 1a020802"))).toEqual({
      a: 2,
    });
  });

  it("does not look into features that were not asked for", () => {
    const broken = fromHex("0a160a090a01621204 1affffff 0a090a01611204 1a020805");
    expect(decodeWith(schema({ a: int() }), broken)).toEqual({ a: 5 });
    expect(thrown(() => decodeWith(schema({ b: int() }), broken))).toMatchObject({ code: "EXAMPLE_MALFORMED" });
  });

  it("keeps __proto__ a property like others", () => {
    const odd = schema({ ["__proto__"]: int(), a: int() });
    const bytes = encodeExample(
      new Map([
        ["__proto__", int64Feature(1)],
        ["a", int64Feature(2)],
      ]),
    );
    const read = decodeWith(odd, bytes);
    expect(Object.entries(read)).toEqual([
      ["__proto__", 1],
      ["a", 2],
    ]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it.each<[string, FeaturesInput, string, string]>([
    ["a missing feature", { image: bytesFeature("") }, "FEATURE_MISSING", "image_name"],
    ["Feature {}", { image: bytesFeature(""), image_name: { kind: "none" } }, "FEATURE_MISSING", "image_name"],
    ["another kind", { image: floatFeature(1), image_name: bytesFeature("") }, "FEATURE_KIND", "image"],
    ["no value", { image: bytesFeature(), image_name: bytesFeature("") }, "FEATURE_COUNT", "image"],
    ["two values", { image: bytesFeature("", ""), image_name: bytesFeature("") }, "FEATURE_COUNT", "image"],
    [
      "text that is not UTF-8",
      { image: bytesFeature(""), image_name: bytesFeature(new Uint8Array([0xff])) },
      "FEATURE_UTF8",
      "image_name",
    ],
    [
      "an unsafe integer",
      { image: bytesFeature(""), image_name: bytesFeature(""), target: int64Feature(2n ** 53n) },
      "INT_RANGE",
      "target",
    ],
    [
      "an optional feature of another kind",
      { image: bytesFeature(""), image_name: bytesFeature(""), target: floatFeature(1) },
      "FEATURE_KIND",
      "target",
    ],
  ])("names the feature on %s", (_, features, code, feature) => {
    expect(thrown(() => decodeWith(leaf, encodeExample(features)))).toMatchObject({ code, feature });
  });

  it("reads ±(2^53 - 1) and refuses the next integers", () => {
    const one = schema({ a: int() });
    const list = schema({ a: int({ list: true }) });
    for (const value of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, -1, 2 ** 32, -(2 ** 31)]) {
      expect(decodeWith(one, encodeExample({ a: int64Feature(value) }))).toEqual({ a: value });
      expect(decodeWith(list, encodeExample({ a: int64Feature(value, value) }))).toEqual({ a: [value, value] });
    }
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 53n + 1n, 2n ** 63n - 1n]) {
      expect(thrown(() => decodeWith(one, encodeExample({ a: int64Feature(value) })))).toMatchObject({
        code: "INT_RANGE",
        message: expect.stringContaining(String(value)),
      });
      expect(thrown(() => decodeWith(list, encodeExample({ a: int64Feature(value) })))).toMatchObject({
        code: "INT_RANGE",
      });
    }
  });

  it("takes an empty list for an absent optional value, and an empty list for a list", () => {
    const optional = schema({ a: int({ optional: true }), b: int({ list: true }), c: string({ optional: true }) });
    const read = decodeWith(optional, encodeExample({ a: int64Feature(), b: int64Feature(), c: bytesFeature() }));
    expect(read).toEqual({ a: undefined, b: [], c: undefined });
  });

  it("reads single values in unusual encodings", () => {
    const one = schema({ a: int(), f: float(), b: bytes() });
    // a: an empty packed chunk, then one single value; f: single, not packed; b: after an unknown field.
    const a = "0a0b0a0161 1206 1a04 0a00 0807".replaceAll(" ", "");
    const f = "0a0c0a0166 1207 1205 0d0000003f".replaceAll(" ", "");
    const b = "0a0c0a0162 1207 0a05 4801 0a0178".replaceAll(" ", "");
    const body = a + f + b;
    const record = fromHex(`0a${(body.length / 2).toString(16).padStart(2, "0")}${body}`);
    expect(decodeWith(one, record)).toEqual({ a: 7, f: 0.5, b: text("x") });
  });
});

describe("readExamples", () => {
  const good = encodeWith(leaf, record);
  const file = frames(good, good, encodeExample({ image: bytesFeature("") }));

  it("yields typed records, and names file, record and feature of what contradicts the schema", async () => {
    const names: string[] = [];
    const error = await failure(
      (async () => {
        for await (const { image_name } of readExamples(file, leaf, { file: "a.tfrec" })) names.push(image_name);
      })(),
    );
    expect(names).toEqual(["1.jpg", "1.jpg"]);
    expect(error).toBeInstanceOf(TFRecordError);
    expect(error).toMatchObject({
      code: "FEATURE_MISSING",
      file: "a.tfrec",
      record: 2,
      feature: "image_name",
      byteOffset: 2 * (good.length + 16),
    });
    expect((error as Error).message).toMatch(
      /^a\.tfrec, record 2, byte \d+, feature "image_name": the feature is missing; [^\n]+$/,
    );
  });

  it("skips records that are not Examples when asked to, but not contradictions of the schema", async () => {
    const skipped: unknown[] = [];
    const options = { onCorrupt: "skip", onSkip: (range: unknown) => skipped.push(range) } as const;
    const noise = new Uint8Array([1, 2, 3]);
    expect((await collect(readExamples(frames(good, noise, good), leaf, options))).length).toBe(2);
    const start = good.length + 16;
    expect(skipped).toMatchObject([{ record: 1, start, end: start + 19, error: { code: "EXAMPLE_MALFORMED" } }]);
    expect(await failure(collect(readExamples(file, leaf, options)))).toMatchObject({ code: "FEATURE_MISSING" });
  });
});

describe("inspectRecords and inferSchema", () => {
  const rows: FeaturesInput[] = [
    {
      image: bytesFeature(new Uint8Array([255, 216])),
      name: bytesFeature("a"),
      target: int64Feature(1),
      box: floatFeature(1, 2),
      "is-new": int64Feature(0),
      mixed: int64Feature(1),
    },
    {
      image: bytesFeature(new Uint8Array([255, 216, 0, 0])),
      name: bytesFeature("ü"),
      target: int64Feature(4),
      box: floatFeature(),
      big: int64Feature(2n ** 60n),
      mixed: floatFeature(1),
    },
    {
      image: bytesFeature(new Uint8Array([255])),
      name: bytesFeature("c"),
      target: int64Feature(1),
      box: floatFeature(3),
      gone: { kind: "none" },
    },
  ];
  const records = rows.map(encodeExample);

  it("summarize what there is, past damage", async () => {
    const file = frames(...records, new Uint8Array([1, 2]), records[0]!);
    file[file.length - 1]! ^= 1;
    const summary = await inspectRecords(file, { file: "x" });
    expect(summary).toMatchObject({ file: "x", records: 4, notExamples: 1, byteLength: file.length });
    expect(summary.corrupt.map(({ record, error }) => [record, error.code])).toEqual([[4, "DATA_CRC_MISMATCH"]]);
    const features = new Map(summary.features.map((feature) => [feature.name, feature]));
    expect(features.get("image")).toEqual({
      name: "image",
      kinds: { bytes: 3 },
      present: 3,
      valueCount: { min: 1, max: 1, mean: 1 },
      byteSize: { min: 1, max: 4, mean: 7 / 3 },
      text: false,
    });
    expect(features.get("target")).toMatchObject({
      counts: new Map([
        [1n, 2],
        [4n, 1],
      ]),
      range: { min: 1, max: 4 },
    });
    expect(features.get("box")).toMatchObject({ kinds: { float: 3 }, valueCount: { min: 0, max: 2, mean: 1 } });
    expect(features.get("mixed")).toMatchObject({ kinds: { int64: 1, float: 1 }, present: 2 });
    expect(features.get("gone")).toMatchObject({ kinds: { none: 1 }, present: 1 });
  });

  it("stop counting values where there are too many", async () => {
    const file = frames(
      ...Array.from({ length: 12 }, (_, i) => encodeExample({ a: int64Feature(i), b: int64Feature(i % 3) })),
    );
    const { features } = await inspectRecords(file, { maxDistinct: 10 });
    expect(features.map(({ counts }) => counts?.size)).toEqual([undefined, 3]);
  });

  it("infer a schema that reads every record", async () => {
    const inferred = inferSchema(await inspectRecords(frames(...records)));
    for (const data of records) decodeWith(inferred, data);
    expect(schemaCode(inferred)).toMatchInlineSnapshot(`
      "schema({
        box: float({ list: true }),
        image: bytes(),
        "is-new": int({ optional: true }),
        name: string(),
        target: int(),
        big: bigint({ optional: true }),
      })"
    `);
  });
});
