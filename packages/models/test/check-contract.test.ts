import type { Batch, PreprocessingContract } from "@cassava/contracts";
import { expect, it } from "vitest";
import { checkBatch } from "../src/check-contract.ts";
import { checkContract, isModelsError, type ModelsErrorCode } from "../src/index.ts";
import { noiseBatch } from "./support.ts";

const contract: PreprocessingContract = {
  mode: "caffe",
  inputRange: [0, 255],
  inputSize: [16, 16],
  resize: "antialiased-bilinear",
};
const good = noiseBatch(4, 16);

function mapped(change: (value: number) => number): Batch {
  return { ...good, images: Float32Array.from(good.images, change) };
}

function refused(batch: Batch, code: ModelsErrorCode, check = checkContract): string {
  try {
    check(contract, batch);
  } catch (error) {
    expect(isModelsError(error, code)).toBe(true);
    return (error as Error).message;
  }
  throw new Error("it was taken");
}

it("takes RGB 0-255, as bytes or as numbers, and a dark image among others", () => {
  checkContract(contract, good);
  checkContract(
    contract,
    mapped((value) => value),
  );
  checkContract(
    contract,
    mapped((value) => value * 0.98 + 1.3),
  );
  const images = good.images.slice();
  images.fill(0, 0, 16 * 16 * 3);
  checkContract(contract, { ...good, images });
  // Resizing may leave fractions in a night photograph.
  checkContract(
    contract,
    mapped((value) => (value > 250 ? 1.5 : 0.3)),
  );
});

it("names the preprocessing that pixels have been through", () => {
  const looks = (change: (value: number) => number) => refused(mapped(change), "CONTRACT_VIOLATED");
  expect(looks((value) => value / 255)).toMatch(
    /from 0\.\d+ to 0\.99\d: they seem to be divided by 255 already; pass RGB values/,
  );
  expect(looks((value) => value / 127.5 - 1)).toContain("scaled to -1 to 1 already");
  expect(looks((value) => (value / 255 - 0.45) / 0.225)).toContain("normalized by mean and deviation already");
  expect(looks((value) => value - 110)).toContain("a mean subtracted already");
  expect(looks((value) => value * 257)).toContain("beyond 255");
  expect(looks((value) => (value > 240 ? Number.NaN : value))).toMatch(/noise-\d has a pixel value of NaN/);
});

const STRIDE = 16 * 16 * 3;
const photographs = mapped((value) => value).images as Float32Array;
/** The same photographs, but the first `count` are as `change` has them. */
function night(count: number, change: (value: number) => number): Batch {
  return { ...good, images: photographs.map((value, i) => (i < count * STRIDE ? change(value) : value)) };
}

it("takes what resizing in floating point makes of black and white", () => {
  for (const images of [
    mapped((value) => (value < 5 ? -1e-6 : value)),
    mapped((value) => (value > 250 ? 255.0001 : value)),
    mapped((value) => (value / 255) * 256 - 0.5),
  ]) {
    checkContract(contract, images);
    checkBatch(contract, images);
  }
});

it("on the way through the network goes by the range, but for a batch that was divided as a whole", () => {
  const divide = (value: number) => value / 255;
  // One black photograph, alone or among others.
  const one: Batch = {
    ...good,
    ids: ["black"],
    images: photographs.slice(0, STRIDE).map(divide),
    shape: [1, 16, 16, 3],
  };
  checkBatch(contract, one);
  for (const count of [1, 3]) checkBatch(contract, night(count, divide));
  checkBatch(
    contract,
    night(4, (value) => (value > 128 ? 1 : 0)),
  );
  checkBatch(
    contract,
    night(4, () => 0),
  );
  const says = (batch: Batch) => refused(batch, "CONTRACT_VIOLATED", checkBatch);
  expect(says(night(4, divide))).toMatch(/^pixel values range from 0\.\d+ to 0\.99\d: they seem to be divided by 255/);
  expect(says(night(2, (value) => value / 127.5 - 1))).toContain("a mean subtracted already");
  expect(says(night(4, (value) => value / 127.5 - 1))).toContain("scaled to -1 to 1 already");
  expect(says(night(4, (value) => (value / 255 - 0.45) / 0.225))).toContain("normalized by mean and deviation already");
  expect(says(night(1, (value) => value * 257))).toContain("beyond 255");
  expect(says(night(1, () => Number.NaN))).toBe("noise-0 has a pixel value of NaN: check what decoded it");
  expect(refused(noiseBatch(2, 32), "BATCH_INVALID", checkBatch)).toContain("images are 32x32x3");
});

it("before training goes by looks too", () => {
  const looks = (change: (value: number) => number) => refused(mapped(change), "CONTRACT_VIOLATED");
  expect(looks((value) => value / 255 - 0.001)).toContain("divided by 255 already");
  expect(looks((value) => value / 255 - 0.4)).toContain("scaled to -1 to 1 already");
  expect(looks((value) => value / 100 - 0.4)).toContain("normalized by mean and deviation already");
});

it("refuses constant images, other shapes and other types", () => {
  const flat = { ...good, images: new Uint8Array(good.images.length).fill(7) };
  expect(refused(flat, "CONTRACT_VIOLATED")).toMatch(/all 4 images of the batch are of one value each \(noise-0: 7\)/);
  expect(refused(noiseBatch(2, 32), "BATCH_INVALID")).toContain("images are 32x32x3, the network takes 16x16x3");
  expect(refused({ ...good, images: good.images.subarray(3) }, "BATCH_INVALID")).toContain("3069 numbers");
  const doubles = { ...good, images: Float64Array.from(good.images) as unknown as Float32Array };
  expect(refused(doubles, "BATCH_INVALID")).toContain("Uint8Array or a Float32Array");
});
