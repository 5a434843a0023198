import type { Store } from "../src/index.ts";

/** One case of the contract; it throws where the contract is broken. */
export interface StoreCase {
  readonly name: string;
  /** Gets an empty store. */
  run(store: Store): Promise<void>;
}

/** What every Store must do alike. No test framework is needed: the cases run in Node and in a page. */
export const storeContract: readonly StoreCase[] = [
  {
    name: "gives back what was put, under any key",
    async run(store) {
      const random = generator(11);
      for (let round = 0; round < 20; round++) {
        const pairs = new Map(Array.from({ length: 12 }, () => [randomKey(random), randomBytes(random)]));
        for (const [key, value] of pairs) await store.put(key, value);
        for (const [key, value] of pairs) same(await store.get(key), value, JSON.stringify(key));
        sameKeys(await keysOf(store), [...pairs.keys()]);
        for (const key of pairs.keys()) await store.delete(key);
        sameKeys(await keysOf(store), []);
      }
    },
  },
  {
    name: "keeps keys apart that a file system or an address could mix up",
    async run(store) {
      const long = "x".repeat(700);
      const hard = ["", "/", "//", ".", "..", "../up", "a", "A", "a/", "a/b", "a/b/c", "/a", "a.bin", "a.bin.bin"];
      hard.push("a\\b", "con", "con.h5", "nul.bin", "%61", "%", "a:b", "a*?", "a?b", "a#b", "a b", " ", "é", "e\u0301");
      hard.push(
        "w.h5",
        "W.h5",
        "w.h5/x",
        ".tmp-1",
        "w.h5.part/9-%22tag%22/0",
        long,
        `${long}y`,
        `${long}/z`,
        "😀".repeat(90),
      );
      for (const key of hard) await store.put(key, text(key));
      for (const key of hard) same(await store.get(key), text(key), JSON.stringify(key));
      sameKeys(await keysOf(store), hard);
    },
  },
  {
    name: "knows nothing of a key that was never put, or was deleted; deleting it is no error",
    async run(store) {
      same(await store.get("absent"), undefined, "before any put");
      await store.delete("absent");
      sameKeys(await keysOf(store), []);
      await store.put("a/b", text("1"));
      same(await store.get("a"), undefined, "the start of a key");
      same(await store.get("a/b/c"), undefined, "what follows a key");
      await store.delete("a/b");
      same(await store.get("a/b"), undefined, "after delete");
      await store.put("a/b", text("2"));
      same(await store.get("a/b"), text("2"), "after another put");
    },
  },
  {
    name: "replaces, holds empty values, and keeps its own copy of the bytes",
    async run(store) {
      const value = text("--first--").subarray(2, 7);
      await store.put("k", value);
      value.fill(0);
      const read = await store.get("k");
      same(read, text("first"), "after the caller's bytes changed");
      read!.fill(0);
      same(await store.get("k"), text("first"), "after the bytes that get gave changed");
      await store.put("k", new Uint8Array(0));
      same(await store.get("k"), new Uint8Array(0), "an empty value");
    },
  },
  {
    name: "shows a reader the old bytes or the new ones, never a part, while writers race",
    async run(store) {
      const values = [0, 1, 2, 3].map((byte) => new Uint8Array(200_000).fill(byte));
      await store.put("k", values[0]!);
      const writers = values.map((value) => store.put("k", value));
      for (let i = 0; i < 20; i++) {
        const read = await store.get("k");
        if (read?.length !== 200_000 || read.some((byte) => byte !== read[0]))
          throw new Error("read a part of a value");
      }
      await Promise.all(writers);
      sameKeys(await keysOf(store), ["k"]);
    },
  },
  {
    name: "lets writers put while others delete beside them",
    async run(store) {
      const work = Array.from({ length: 40 }, async (_, i) => {
        await store.put(`a/b/${i}`, text(`${i}`));
        if (i % 2 === 0) await store.delete(`a/b/${i}`);
      });
      await Promise.all(work);
      sameKeys(
        await keysOf(store),
        work.flatMap((_, i) => (i % 2 === 0 ? [] : [`a/b/${i}`])),
      );
    },
  },
  {
    name: "may lose keys while they are listed",
    async run(store) {
      for (const key of ["a", "b/c", "b/d", "e"]) await store.put(key, text(key));
      for await (const key of store.keys()) await store.delete(key);
      sameKeys(await keysOf(store), []);
    },
  },
];

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.keys()) keys.push(key);
  return keys;
}

function same(actual: Uint8Array | undefined, expected: Uint8Array | undefined, what: string): void {
  const equal = actual === undefined ? expected === undefined : `${actual}` === `${expected}`;
  if (!equal) throw new Error(`${what}: got ${actual?.length} bytes (${actual?.slice(0, 20)}), not what was put`);
  if (actual !== undefined && actual.constructor !== Uint8Array) throw new Error(`${what}: got no plain Uint8Array`);
}

function sameKeys(actual: readonly string[], expected: readonly string[]): void {
  const [a, b] = [actual, expected].map((keys) => JSON.stringify(keys.toSorted()));
  if (a !== b) throw new Error(`lists ${a}, not ${b}`);
}

/** Repeatable whole numbers from 0 to below `n`. */
function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const LETTERS = [
  "a",
  "B",
  "7",
  "/",
  ".",
  "%",
  "-",
  "_",
  " ",
  "~",
  "'",
  "+",
  "\\",
  ":",
  "?",
  "#",
  "&",
  "é",
  "\u0301",
  "\n",
  "漢",
  "😀",
];

function randomKey(random: (n: number) => number): string {
  return Array.from({ length: random(9) }, () => LETTERS[random(LETTERS.length)]).join("");
}

function randomBytes(random: (n: number) => number): Uint8Array {
  return Uint8Array.from({ length: random(9) }, () => random(256));
}
