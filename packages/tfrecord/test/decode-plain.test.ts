import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePlain } from "../src/decode-plain.ts";
import { decodeAny } from "../src/decode-with.ts";
import {
  bigint,
  bytes,
  bytesFeature,
  encodeExample,
  type FeatureInput,
  float,
  floatFeature,
  int,
  int64Feature,
  isTFRecordError,
  schema,
  string,
} from "../src/index.ts";

const wanted = schema({
  image: bytes(),
  name: string({ optional: true }),
  target: int({ optional: true }),
  weight: float({ optional: true }),
});

function outcome(data: Uint8Array): unknown {
  try {
    return decodeAny(wanted, data);
  } catch (error) {
    if (!isTFRecordError(error)) throw error;
    return error;
  }
}

const values = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 20 }).map((value) => bytesFeature(value)) },
  fc.string({ unit: "binary", maxLength: 30 }).map((value) => bytesFeature(value)),
  fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 3 }).map((value) => bytesFeature(...value)),
  fc.float({ noDefaultInfinity: false }).map((value) => floatFeature(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => int64Feature(value)),
  fc.nat(2 ** 30).map((value) => int64Feature(value)),
  fc.constant<FeatureInput>({ kind: "none" }),
);
const names = fc.constantFrom("image", "name", "target", "weight", "other", "");
const examples = fc.array(fc.tuple(names, values), { maxLength: 7 }).map((entries) => encodeExample(entries));

describe("the fast way through an Example", () => {
  it("is taken for what writers write, and gives what the slow way gives", () => {
    const image = new Uint8Array(300);
    const plain = {
      image: bytesFeature(image),
      name: bytesFeature("n"),
      target: int64Feature(7),
      weight: floatFeature(0.5),
    };
    expect(decodePlain(wanted, encodeExample(plain))).toEqual({ image, name: "n", target: 7, weight: 0.5 });
    expect(decodePlain(wanted, encodeExample({ image: bytesFeature(image), extra: int64Feature(1, 2) }))).toEqual({
      image,
      name: undefined,
      target: undefined,
      weight: undefined,
    });
  });

  it("agrees with the slow way or leaves the Example to it", () => {
    fc.assert(
      fc.property(examples, (data) => {
        const plain = decodePlain(wanted, data);
        if (plain !== undefined) expect(plain).toEqual(outcome(data));
      }),
      { numRuns: 500 },
    );
  });

  it("accepts no damaged Example that the slow way refuses or reads otherwise", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom("set", "insert", "remove")), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(examples, edits, (data, changes) => {
        const damaged = [...data];
        for (const [at, byte, kind] of changes) {
          const place = at % (damaged.length + 1);
          if (kind === "set") damaged[place] = byte;
          else damaged.splice(place, kind === "remove" ? 1 : 0, ...(kind === "insert" ? [byte] : []));
        }
        const bytes = Uint8Array.from(damaged);
        const plain = decodePlain(wanted, bytes);
        if (plain !== undefined) expect(plain).toEqual(outcome(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves lists, exact integers and numbers of more than four bytes to the slow way", () => {
    const numbers = schema({ list: int({ list: true }), exact: bigint(), large: int() });
    const data = encodeExample({ list: int64Feature(1, 2), exact: int64Feature(-1), large: int64Feature(2 ** 40) });
    expect(decodePlain(numbers, data)).toBeUndefined();
    expect(decodeAny(numbers, data)).toEqual({ list: [1, 2], exact: -1n, large: 2 ** 40 });
  });
});
