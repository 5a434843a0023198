import { describe, expect, it } from "vitest";
import { readExamples, readRecords, schema } from "../src/index.ts";
import { chunksOf, collect, frames, text } from "./helpers.ts";

const words = ["a", "bb", "ccc", "dddd", "eeeee"];
const file = frames(...words.map(text));
const decoded = (data: Uint8Array | undefined) => new TextDecoder().decode(data);

/** A source that notes whether it was told that no more is wanted. */
function watched(chunks: Iterable<Uint8Array>) {
  const state = { closed: 0 };
  async function* source() {
    try {
      yield* chunks;
    } finally {
      state.closed++;
    }
  }
  return { state, source: source() };
}

describe.each([
  ["in one chunk", [file.length]],
  ["byte by byte", [1]],
  ["in pieces", [7, 30]],
])("the records of a source %s", (_, sizes) => {
  it("come in order, however many calls are under way", async () => {
    const records = readRecords(chunksOf(file, sizes));
    const results = await Promise.all(Array.from({ length: 8 }, () => records.next()));
    expect(results.map(({ value }) => decoded(value ?? undefined))).toEqual([...words, "", "", ""]);
    expect(results.map(({ done }) => done)).toEqual([...words.map(() => false), true, true, true]);
  });

  it("end where the consumer stops, and close the source once", async () => {
    const { state, source } = watched(chunksOf(file, sizes));
    for await (const data of readRecords(source)) if (decoded(data) === "bb") break;
    expect(state.closed).toBe(1);
  });

  it("stay ended after return, throw and failure", async () => {
    const returned = readRecords(chunksOf(file, sizes));
    await returned.next();
    expect(await returned.return()).toEqual({ done: true, value: undefined });
    expect(await returned.next()).toEqual({ done: true, value: undefined });

    const thrown = readRecords(chunksOf(file, sizes));
    await expect(thrown.throw(new Error("stop"))).rejects.toThrow("stop");
    expect(await thrown.next()).toEqual({ done: true, value: undefined });

    const damaged = file.slice();
    damaged[17 + 12]! ^= 1;
    const { state, source } = watched(chunksOf(damaged, sizes));
    const failing = readRecords(source);
    const results = await Promise.allSettled([failing.next(), failing.next(), failing.next()]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(results[2]).toMatchObject({ value: { done: true } });
    expect(state.closed).toBe(1);
  });

  it("wait for a call under way before they end", async () => {
    const records = readRecords(chunksOf(file, sizes));
    const [first, , after] = await Promise.all([records.next(), records.return(), records.next()]);
    expect(decoded(first.value ?? undefined)).toBe("a");
    expect(after).toEqual({ done: true, value: undefined });
  });
});

it("passes over what is not an Example in skip mode, also at hand in the same chunk", async () => {
  const mixed = frames(text(""), text("\xff\xff"), text(""));
  const skipped: number[] = [];
  const examples = readExamples(mixed, schema({}), {
    onCorrupt: "skip",
    onSkip: ({ record }) => skipped.push(record),
  });
  expect(await collect(examples)).toEqual([{}, {}]);
  expect(skipped).toEqual([1]);
});
