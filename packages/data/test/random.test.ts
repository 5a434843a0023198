import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Random } from "../src/random.ts";
import { murmur3, random, shuffled } from "../src/random.ts";

const draw = (stream: Random, n: number) => Array.from({ length: n }, () => stream.next());

describe("random", () => {
  it("prints", () => {
    console.log(draw(random(1), 3), draw(random(42, "augment", 3, "a.jpg"), 3));
    const s = random(7, "normal");
    console.log(s.normal(), s.normal(), s.normal());
    console.log(murmur3([0x64636261, 0x68676665, 0x6c6b6a69, 0x706f6e6d]).map((x) => x.toString(16)));
    const i = random(7, "int");
    console.log(
      Array.from({ length: 10 }, () => i.int(100)),
      shuffled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], random(7, "shuffle")),
    );
  });
});
