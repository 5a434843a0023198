import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../src/weights/safetensors.ts";

it("brings back every weight, bit for bit", () => {
  const weight = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return fc.float32Array({ minLength: size, maxLength: size }).map((data) => ({ shape, data }));
  });
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), weight), (object) => {
      const weights = new Map(
        Object.entries(object).filter(([name]) => name !== "__metadata__" && name !== "__proto__"),
      );
      const decoded = decodeSafetensors(encodeSafetensors(weights));
      expect(new Map([...decoded].sort())).toEqual(new Map([...weights].sort()));
    }),
  );
});

it("lays the file out as the format says", () => {
  const bytes = encodeSafetensors(new Map([["a", { shape: [2], data: Float32Array.of(1, 2) }]]));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  expect(JSON.parse(header)).toEqual({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8] } });
  expect(new Float32Array(bytes.slice(8 + length).buffer)).toEqual(Float32Array.of(1, 2));
});
