import { describe, expect, it } from "vitest";
import { createTarget } from "../fuzz/target.mjs";
import * as root from "../src/index.ts";
import { openFile } from "../src/node.ts";
import { buildIndex } from "../src/random-access.ts";

const { bytes, float, int, readRecords, schema, string } = root;
const { crc32c, inflate } = openFile(import.meta.filename);
const leaf = schema({
  image: bytes(),
  image_name: string(),
  target: int({ optional: true }),
  weights: float({ list: true }),
});
const library = { ...root, buildIndex, leaf, native: { crc32c, inflate } };

type Read = typeof readRecords;
/** The complaint about the first input of several hundred that shows a bug. */
async function complaint(planted: Partial<Record<keyof typeof library, unknown>>): Promise<string | undefined> {
  const target = createTarget({ ...library, ...planted });
  for (let seed = 1; seed <= 400; seed++) {
    try {
      await target.check(seed);
    } catch (error) {
      return String(error);
    }
  }
  return undefined;
}

describe("pnpm fuzz tfrecord", () => {
  it("finds nothing in the first hundreds of inputs", async () => {
    expect(await complaint({})).toBeUndefined();
  });

  it("makes the input of a seed again", () => {
    const target = createTarget(library);
    expect(target.describe(7)).toEqual(target.describe(7));
    expect(target.describe(7)).not.toEqual(target.describe(8));
  });

  const planted: [string, RegExp, Read][] = [
    [
      "data checksums are not verified",
      /never written/,
      (source, options) => {
        return readRecords(source, { ...options, verify: "length" });
      },
    ],
    [
      "an error of another class",
      /TypeError: planted/,
      async function* (source, options) {
        try {
          yield* readRecords(source, options);
        } catch {
          throw new TypeError("planted");
        }
      },
    ],
    [
      "the record before the damage is lost",
      /place \d+ of them was not returned/,
      async function* (source, options) {
        let held: Uint8Array | undefined;
        let damaged = false;
        const onSkip: NonNullable<typeof options>["onSkip"] = (range) => {
          damaged = true;
          options?.onSkip?.(range);
        };
        for await (const data of readRecords(source, { ...options, onSkip })) {
          if (held !== undefined && !damaged) yield held;
          damaged = false;
          held = data;
        }
        if (held !== undefined) yield held;
      },
    ],
    [
      "a buffer as large as a header claims",
      /bytes were allocated at once/,
      async function* (source, options) {
        for await (const data of readRecords(source, options)) yield data;
        new Uint8Array(2 ** 21);
      },
    ],
  ];
  it.each(planted)("finds a planted bug: %s", async (_, expected, broken) => {
    expect(await complaint({ readRecords: broken })).toMatch(expected);
  });
});
