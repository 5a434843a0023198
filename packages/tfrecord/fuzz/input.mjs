// One random file: records, written, then damaged at random; and which records the damage has left alone.
import { deflateSync, gzipSync } from "node:zlib";

/**
 * @typedef {import("./random.mjs").Random} Random
 * @typedef {import("./target.mjs").Library} Library
 * @typedef {object} Input
 * @property {Uint8Array} file the damaged file
 * @property {readonly Uint8Array[]} written data of the records before the damage
 * @property {readonly Uint8Array[]} untouched data of the records whose own bytes the damage has left as they were, in order
 * @property {boolean} compressed
 * @property {boolean} damaged
 * @property {number} plainLength bytes before compression and damage
 * @property {readonly number[]} chunks sizes of the chunks in which the file is read, over and over
 * @property {string} story what was done, for a person
 */

/** @param {Random} random @param {Library} library */
const makeRecord = (random, { encodeExample }) => {
  const size = random.pick([0, 1, 5, 40, 40, 300, 300, 2000, 2000, 5000, random.below(30) === 0 ? 90_000 : 700]);
  switch (random.below(5)) {
    case 0:
      return new Uint8Array(size);
    case 1:
      return random.bytes(size);
    case 2:
      return new TextEncoder().encode("leaf ".repeat(Math.ceil(size / 5)));
    default:
      return encodeExample({
        image: { kind: "bytes", value: [random.bytes(size)] },
        image_name: { kind: "bytes", value: [`${random.next()}.jpg`] },
        target: { kind: "int64", value: [random.below(3) - 1] },
        weights: { kind: "float", value: Array.from({ length: random.below(4) }, () => random.below(9) / 7) },
      });
  }
};

/**
 * One change of a file. Beside each byte stands where it was in the undamaged file, or -1 where it is new.
 * @param {Random} random @param {number[]} bytes @param {number[]} origins
 */
const damage = (random, bytes, origins) => {
  const at = random.below(bytes.length + 1);
  const count = random.pick([1, 1, 2, 4, 11, 16, 60, 400]);
  const kind = random.pick(["flip", "flip", "overwrite", "zeros", "insert", "remove", "cut", "zero tail", "repeat"]);
  const fresh = (/** @type {number} */ length) => Array.from({ length }, () => -1);
  if (kind === "cut") {
    bytes.length = origins.length = at;
  } else if (kind === "zero tail") {
    bytes.push(...new Array(count).fill(0));
    origins.push(...fresh(count));
  } else if (kind === "insert" || kind === "repeat") {
    const added = kind === "insert" ? [...random.bytes(count)] : bytes.slice(at, at + count);
    bytes.splice(at, 0, ...added);
    origins.splice(at, 0, ...fresh(added.length));
  } else if (kind === "remove") {
    bytes.splice(at, count);
    origins.splice(at, count);
  } else {
    const last = Math.min(bytes.length, kind === "flip" ? at + 1 : at + count);
    for (let i = at; i < last; i++) {
      bytes[i] =
        kind === "flip"
          ? /** @type {number} */ (bytes[i]) ^ (1 << random.below(8))
          : kind === "zeros"
            ? 0
            : random.below(256);
      origins[i] = -1;
    }
  }
  return `${kind} at ${at}${kind === "cut" || kind === "flip" ? "" : ` (${count} bytes)`}`;
};

/**
 * Records whose frame stands somewhere in the file, whole.
 * @param {readonly Uint8Array[]} written @param {readonly number[]} origins
 */
const findUntouched = (written, origins) => {
  const places = new Map(origins.map((origin, at) => [origin, at]));
  const untouched = [];
  let start = 0;
  for (const data of written) {
    const size = data.length + 16;
    const at = places.get(start);
    let whole = at !== undefined;
    for (let i = 0; whole && i < size; i++) whole = origins[/** @type {number} */ (at) + i] === start + i;
    if (whole) untouched.push(data);
    start += size;
  }
  return untouched;
};

/**
 * @param {Random} random
 * @param {Library} library
 * @returns {Input}
 */
export const makeInput = (random, library) => {
  const written = Array.from({ length: random.below(9) }, () => makeRecord(random, library));
  const plain = Buffer.concat(written.map((data) => library.frameRecord(data)));
  const compression = random.pick(["none", "none", "none", "gzip", "members", "zlib"]);
  const half = random.below(plain.length + 1);
  const stored = {
    none: () => plain,
    gzip: () => gzipSync(plain, { level: random.below(10) }),
    members: () => Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))]),
    zlib: () => deflateSync(plain, { level: random.below(10) }),
  }[compression]();
  const bytes = [...stored];
  const origins = bytes.map((_, at) => at);
  const changes = random.pick([0, 1, 1, 1, 2, 3, 6]);
  const story = Array.from({ length: changes }, () => damage(random, bytes, origins));
  return {
    file: Uint8Array.from(bytes),
    written,
    untouched: compression === "none" ? findUntouched(written, origins) : changes === 0 ? written : [],
    compressed: compression !== "none",
    damaged: changes > 0,
    plainLength: plain.length,
    chunks: random.pick([[2 ** 20], [2 ** 16], [1 + random.below(50)], [1, 12, 16], [1 + random.below(3000), 7]]),
    story: `${written.length} records, ${compression}; ${story.join(", ") || "no damage"}`,
  };
};
