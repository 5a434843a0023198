import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { frameRecord } from "@cassava/tfrecord";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CutRecord,
  type DecodedEvent,
  decodeEvent,
  encodeEvent,
  FILE_VERSION,
  readEvents,
  type SummaryValue,
} from "../src/tensorboard.ts";

const text = fc.string({ unit: "grapheme" });
const bytes = fc.uint8Array({ maxLength: 20 });
const number = fc.double();
const named = { tag: fc.string({ unit: "grapheme", minLength: 1 }) };
const content: fc.Arbitrary<SummaryValue> = fc.oneof(
  fc.record({ kind: fc.constant("scalar" as const), ...named, value: fc.float() }),
  fc.record({
    kind: fc.constant("image" as const),
    ...named,
    width: fc.nat(),
    height: fc.nat(),
    images: fc.array(bytes, { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("histogram" as const),
    ...named,
    buckets: fc.array(fc.record({ left: number, right: number, count: number }), { maxLength: 4 }),
  }),
  fc.array(text, { maxLength: 4 }).chain((texts) =>
    fc.record({
      kind: fc.constant("text" as const),
      ...named,
      texts: fc.constant(texts),
      shape: fc.constantFrom(...[[texts.length], [1, texts.length]], ...(texts.length === 1 ? [[]] : [])),
    }),
  ),
);
const described = fc.record(
  { displayName: fc.string({ minLength: 1 }), description: fc.string({ minLength: 1 }) },
  { requiredKeys: [] },
);
/** Values of different tags: the first of a tag speaks for all of its file. */
const values = fc
  .uniqueArray(content, { selector: ({ tag }) => tag, maxLength: 4 })
  .chain((all) => fc.tuple(...all.map((value) => described.map((more) => ({ ...value, ...more })))));
const event: fc.Arbitrary<DecodedEvent> = fc.oneof(
  fc.record({ wallTime: number, step: fc.maxSafeInteger(), values }),
  fc.record({ wallTime: number, step: fc.constant(0), fileVersion: text, writer: text }),
  fc.record({
    wallTime: number,
    step: fc.maxSafeInteger(),
    other: fc.record({
      what: fc.constantFrom("graphDef", "logMessage", "sessionLog", "taggedRunMetadata", "metaGraphDef"),
      bytes,
    }),
  }),
);

/** A well-formed first event of a file, then these. */
const file = (...events: Uint8Array[]) =>
  Buffer.concat([encodeEvent({ wallTime: 1, step: 0, fileVersion: FILE_VERSION }), ...events].map(frameRecord));
const scalar = (value: number): SummaryValue => ({ kind: "scalar", tag: "loss", value });

describe("an event", () => {
  it("is decoded as it was encoded", () => {
    fc.assert(
      fc.property(event, (one) => {
        expect(decodeEvent(encodeEvent(one))).toEqual(one);
      }),
    );
  });

  it("is refused with its place where it is cut or damaged, and never with another error", () => {
    fc.assert(
      fc.property(event, fc.nat(), fc.nat(), fc.boolean(), (one, at, change, cut) => {
        const whole = encodeEvent(one);
        const place = at % whole.length;
        const damaged = cut
          ? whole.subarray(0, place)
          : whole.map((byte, i) => (i === place ? byte ^ (1 + (change % 255)) : byte));
        try {
          decodeEvent(damaged, { file: "a.tfevents", record: 7 });
        } catch (error) {
          expect(error).toMatchObject({ name: "ReportError", code: "EVENTS_INVALID", file: "a.tfevents", record: 7 });
          expect((error as Error).message).toMatch(/^a\.tfevents, record 7: /);
        }
      }),
    );
  });

  it("writes what it does not know as it was read", () => {
    const audio = new BinaryWriter()
      .tag(1, WireType.LengthDelimited)
      .string("sound")
      .tag(6, WireType.LengthDelimited)
      .bytes(Uint8Array.of(0x10, 1))
      .finish();
    const sound = new BinaryWriter()
      .tag(5, WireType.LengthDelimited)
      .fork()
      .tag(1, WireType.LengthDelimited)
      .bytes(audio)
      .join()
      .finish();
    const { values: read } = decodeEvent(sound);
    expect(read).toEqual([{ kind: "unknown", tag: "sound", what: "audio", bytes: audio }]);
    expect(decodeEvent(encodeEvent({ wallTime: 0, step: 0, values: read! })).values).toEqual(read);
  });

  it("holds steps of ±(2^53 - 1) and refuses others, also as bigint", () => {
    const largest = Number.MAX_SAFE_INTEGER;
    for (const step of [largest, -largest, BigInt(largest), -5n]) {
      expect(decodeEvent(encodeEvent({ wallTime: 0, step })).step).toBe(Number(step));
    }
    for (const step of [2 ** 53, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 60n), 0.5, Number.NaN]) {
      expect(() => encodeEvent({ wallTime: 0, step })).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
    }
    const far = new BinaryWriter()
      .tag(2, WireType.Varint)
      .int64(2n ** 53n + 1n)
      .finish();
    const refused = expect.objectContaining({
      code: "EVENTS_INVALID",
      file: "b",
      record: 3,
      message: expect.stringMatching(/^b, record 3: its step is beyond 2\^53/),
    });
    expect(() => decodeEvent(far, { file: "b", record: 3 })).toThrow(refused);
  });

  it.each([
    ["an image of half a pixel", { kind: "image", tag: "t", width: 0.5, height: 1, images: [] }],
    ["texts that do not fill their shape", { kind: "text", tag: "t", texts: ["a"], shape: [2] }],
  ] as const)("refuses %s", (_, value) => {
    expect(() => encodeEvent({ wallTime: 0, step: 0, values: [value] })).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID", message: expect.stringMatching(/^t: /) }),
    );
  });
});

describe("a file", () => {
  const read = async (source: Uint8Array, onCut?: (cut: CutRecord) => void) => {
    const events: DecodedEvent[] = [];
    for await (const one of readEvents(source, { file: "f", ...(onCut && { onCut }) })) events.push(one);
    return events;
  };
  const two = file(
    encodeEvent({ wallTime: 2, step: 1, values: [scalar(1)] }),
    encodeEvent({ wallTime: 3, step: 2, values: [scalar(2)] }),
  );

  it("that is cut anywhere gives what is whole and says where it ends", async () => {
    const starts = [0, 1, 2].reduce<number[]>(
      (ends) => [...ends, ends.at(-1)! + 16 + two.readUInt32LE(ends.at(-1)!)],
      [0],
    );
    expect(starts.at(-1)).toBe(two.length);
    for (let length = 0; length <= two.length; length++) {
      const cuts: CutRecord[] = [];
      const events = await read(two.subarray(0, length), (cut) => cuts.push(cut));
      const whole = starts.filter((start) => start <= length).length - 1;
      expect(events.length).toBe(whole);
      const place = { file: "f", record: whole, byteOffset: starts[whole] };
      expect(cuts).toEqual(starts.includes(length) ? [] : [{ ...place, problem: expect.stringMatching(/cut short/) }]);
    }
  });

  it("that ends in zeros, as a file system leaves it after a crash, gives what comes before", async () => {
    const cuts: CutRecord[] = [];
    expect((await read(Buffer.concat([two, Buffer.alloc(64)]), (cut) => cuts.push(cut))).length).toBe(3);
    expect(cuts).toMatchObject([{ record: 3, byteOffset: two.length, problem: expect.stringMatching(/zeros/) }]);
  });

  it.each([
    [
      "a flipped bit",
      two.map((byte, i) => (i === two.length - 8 ? byte ^ 1 : byte)),
      /^f, record 2, byte \d+: the data does not match/,
      2,
    ],
    ["a record that is no event", file(Uint8Array.of(0xff)), /^f, record 1: not a well-formed event/, 1],
    [
      "no file version",
      frameRecord(encodeEvent({ wallTime: 1, step: 0 })),
      /^f, record 0: it does not begin with a file version/,
      0,
    ],
    ["text", Buffer.from("epoch,loss,accuracy\n0,1.25,0.5\n"), /^f, record 0, byte 0: this is not a TFRecord file/, 0],
  ])("with %s is refused by name and record", async (_, source, message, record) => {
    await expect(read(source)).rejects.toMatchObject({
      name: "ReportError",
      code: "EVENTS_INVALID",
      file: "f",
      record,
      message: expect.stringMatching(message),
    });
  });
});
