// What must hold for every file, however damaged: see the README's chapter on damage.
import { makeInput } from "./input.mjs";
import { createRandom } from "./random.mjs";

/**
 * The functions under test: those of the package's entries, or others that a test has broken on purpose.
 * @typedef {Pick<typeof import("@cassava/tfrecord"), "decodeExample" | "encodeExample" | "frameRecord" | "isTFRecordError" | "readExamples" | "readRecords">
 *   & Pick<typeof import("@cassava/tfrecord/random-access"), "buildIndex">
 *   & { leaf: import("@cassava/tfrecord").Schema, native: object }} Library
 * @typedef {import("./input.mjs").Input} Input
 */

/** No record may be larger; headers claim more after most kinds of damage. */
const MAX_RECORD_BYTES = 2 ** 20;
/** What a reader may allocate at once beside twice the file: the decompressor's window. */
const FIXED_BYTES = 2 ** 19;

const refuse = (/** @type {string} */ complaint) => {
  throw new Error(complaint);
};

/** @param {Input} input */
async function* chunksOf({ file, chunks }) {
  for (let at = 0, i = 0; at < file.length; i++) {
    const size = /** @type {number} */ (chunks[i % chunks.length]);
    yield file.slice(at, at + size);
    at += size;
  }
}

/** The file as a source; with what a file of Node brings along, or without. */
const sourceOf = (/** @type {Input} */ input, /** @type {object} */ extras = {}) => ({
  ...extras,
  [Symbol.asyncIterator]: () => chunksOf(input),
});

const key = (/** @type {Uint8Array} */ data) => Buffer.from(data).toString("latin1");

/**
 * Reads to the end; what is thrown must be a TFRecordError.
 * @template T
 * @param {Library} library @param {() => AsyncIterable<T>} open
 */
const collect = async ({ isTFRecordError }, open) => {
  const values = [];
  try {
    for await (const value of open()) values.push(value);
  } catch (error) {
    if (!isTFRecordError(error)) throw error;
    return { values, error };
  }
  return { values, error: undefined };
};

/** @param {string} way @param {Input} input @param {readonly Uint8Array[]} found */
const checkWritten = (way, { written }, found) => {
  const known = new Set(written.map(key));
  found.forEach((data, i) => {
    if (!known.has(key(data))) refuse(`${way}: record ${i} of ${data.length} bytes was never written`);
  });
};

/** @param {Input} input @param {readonly Uint8Array[]} found */
const checkUntouched = ({ untouched }, found) => {
  let next = 0;
  for (const data of found)
    if (next < untouched.length && key(data) === key(/** @type {Uint8Array} */ (untouched[next]))) next++;
  if (next < untouched.length)
    refuse(`skip: ${untouched.length} records are untouched, but the one at place ${next} of them was not returned`);
};

/** @param {Library} library @param {Input} input */
const checkInput = async (library, input) => {
  const { readRecords, readExamples, buildIndex, decodeExample, isTFRecordError, leaf, native } = library;
  const limit = { maxRecordBytes: MAX_RECORD_BYTES };

  for (const extras of [{}, native]) {
    const strict = await collect(library, () => readRecords(sourceOf(input, extras), limit));
    checkWritten("throw", input, strict.values);
    if (!input.damaged && (strict.error !== undefined || strict.values.length !== input.written.length))
      refuse(`throw: an undamaged file gives ${strict.values.length} of its records, then ${strict.error}`);
  }

  /** @type {{ start: number, end: number }[]} */
  const skipped = [];
  const onSkip = (/** @type {{ start: number, end: number }} */ range) => skipped.push(range);
  const skipping = { ...limit, onCorrupt: /** @type {const} */ ("skip"), onSkip };
  const salvaged = await collect(library, () => readRecords(sourceOf(input, native), skipping));
  checkWritten("skip", input, salvaged.values);
  if (salvaged.error !== undefined && salvaged.error.code !== "NOT_TFRECORD") refuse(`skip: threw ${salvaged.error}`);
  if (salvaged.error === undefined) checkUntouched(input, salvaged.values);
  skipped.forEach(({ start, end }, i) => {
    if (!(start <= end && start >= (skipped[i - 1]?.end ?? 0))) refuse(`skip: range ${i} is [${start}, ${end})`);
  });

  for (const verify of /** @type {const} */ (["length", "none"]))
    await collect(library, () => readRecords(sourceOf(input), { ...limit, verify }));
  for (const verify of /** @type {const} */ (["full", "none"]))
    await collect(library, () => readExamples(sourceOf(input), leaf, { ...limit, verify, onCorrupt: "skip" }));
  if (!input.compressed && salvaged.error === undefined) {
    const { count } = await buildIndex(input.file, { ...limit, verify: "full", onCorrupt: "skip" });
    if (count !== salvaged.values.length) refuse(`the index has ${count} records, reading ${salvaged.values.length}`);
  }
  try {
    decodeExample(input.file);
  } catch (error) {
    if (!isTFRecordError(error)) throw error;
  }
};

/** Runs `work` and returns the largest `Uint8Array` that was allocated by its length meanwhile. */
const watchAllocations = async (/** @type {() => Promise<void>} */ work) => {
  const original = globalThis.Uint8Array;
  let largest = 0;
  globalThis.Uint8Array = new Proxy(original, {
    construct(target, args, newTarget) {
      if (typeof args[0] === "number" && args[0] > largest) largest = args[0];
      return Reflect.construct(target, args, newTarget === globalThis.Uint8Array ? target : newTarget);
    },
  });
  try {
    await work();
  } finally {
    globalThis.Uint8Array = original;
  }
  return largest;
};

/**
 * Makes the input of a seed and checks it; throws what is wrong.
 * @param {Library} library
 */
export const createTarget = (library) => ({
  /** @param {number} seed */
  describe: (seed) => makeInput(createRandom(seed), library),
  /** @param {number} seed */
  async check(seed) {
    const input = makeInput(createRandom(seed), library);
    const largest = await watchAllocations(() => checkInput(library, input));
    const allowed = 2 * Math.max(input.file.length, input.plainLength) + FIXED_BYTES;
    if (largest > allowed) refuse(`${largest} bytes were allocated at once, for a file of ${input.file.length}`);
  },
});
