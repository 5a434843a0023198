import { describe, expect, it } from "vitest";
import { assemble, i32, scalarLanes, signed, unsigned, vectorLanes, wasmFunction } from "../src/wasm/assembler.ts";
import { trainingFunctions } from "../src/wasm/training-functions.ts";

describe("LEB128", () => {
  // Examples of https://en.wikipedia.org/wiki/LEB128
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [624_485, [0xe5, 0x8e, 0x26]],
  ])("writes %i unsigned", (value, bytes) => expect(unsigned(value)).toEqual(bytes));

  it.each([
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123_456, [0xc0, 0xbb, 0x78]],
  ])("writes %i signed", (value, bytes) => expect(signed(value)).toEqual(bytes));
});

describe("assemble", () => {
  it.each([true, false])("writes a valid training module, simd %s", (simd) => {
    expect(WebAssembly.validate(assemble(trainingFunctions({ simd })))).toBe(true);
  });

  it("gives every function a name of its own", () => {
    const names = trainingFunctions({ simd: true }).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("is refused by the engine where types do not match", () => {
    const broken = wasmFunction("broken", (scope) => scope.local("v128").set(i32.constant(1)));
    expect(WebAssembly.validate(assemble([broken]))).toBe(false);
  });

  it.each([0, 1, 5])("repeats a loop %i times", async (count) => {
    const add = wasmFunction("add", (scope) => {
      const { at, times } = scope.parameters("at", "times");
      return scope.times(
        times,
        scalarLanes.store(at.get, 4, scalarLanes.add(scalarLanes.load(at.get, 4), scalarLanes.load(at.get, 0))),
      );
    });
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(assemble([add]), { env: { memory } });
    const values = new Float32Array(memory.buffer);
    values[2] = 3;
    (instance.exports.add as (at: number, times: number) => void)(8, count);
    expect(values[3]).toBe(3 * count);
  });

  it.each([scalarLanes, vectorLanes])("selects by sign in $width lanes", async (lanes) => {
    const select = wasmFunction("select", (scope) => {
      const { value, condition, out } = scope.parameters("value", "condition", "out");
      return lanes.store(out.get, 0, lanes.wherePositive(lanes.load(value.get, 0), lanes.load(condition.get, 0)));
    });
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(assemble([select]), { env: { memory } });
    const values = new Float32Array(memory.buffer);
    values.set([5, 6, 7, 8, 1, -1, 0, 2]);
    const run = instance.exports.select as (value: number, condition: number, out: number) => void;
    for (let at = 0; at < 16; at += 4 * lanes.width) run(at, 16 + at, 32 + at);
    expect([...values.subarray(8, 12)]).toEqual([5, 0, 0, 8]);
  });
});
