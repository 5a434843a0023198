// @cassava/data's augmentation against Keras's layers: one image, all chance fixed, every step by itself.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  applyPlan,
  augmentation,
  augmentPlan,
  imageBatches,
  randomBrightness,
  randomContrast,
  randomCrop,
  randomFlip,
  randomHue,
  randomRotation,
  randomSaturation,
  randomShear,
  randomTranslation,
  randomZoom,
} from "@cassava/data";
import { openDataset, sharpDecoder } from "@cassava/data/node";

/**
 * Half a level for our rounding, an eighth for weights of 11 bits, and Keras's float32 coordinates: they are off by up to
 * 2^-17 of a pixel, which is a level only between black and white.
 */
const TOLERANCE = 0.7;
/** Pixels beside the border of the input where conventions differ: see `interior`. */
const MARGIN = 2;
const fixed = (value) => [value, value];

/** Ours, and Keras's of the same amounts; `interior`: compared only where the input is not left. */
const CASES = [
  {
    name: "flip",
    steps: [randomFlip("horizontal")],
    view: (plan) => plan.matrix[0] === -1,
    keras: () => [flip("horizontal")],
  },
  {
    name: "flip, vertical",
    steps: [randomFlip("vertical")],
    view: (plan) => plan.matrix[4] === -1,
    keras: () => [flip("vertical")],
  },
  ...["reflect", "constant", "nearest"].map((fillMode) => ({
    name: `rotation, ${fillMode}`,
    steps: [randomRotation(fixed(0.07))],
    fill: { fillMode, fillValue: 90 },
    keras: () => [layer("RandomRotation", { factor: fixed(0.07), fill_mode: fillMode, fill_value: 90 })],
  })),
  // Keras repeats the image with a period of one pixel less, and holds the last pixel over the seam.
  {
    name: "rotation, wrap",
    interior: true,
    fill: { fillMode: "wrap" },
    steps: [randomRotation(fixed(-0.03))],
    keras: () => [layer("RandomRotation", { factor: fixed(-0.03), fill_mode: "wrap" })],
  },
  {
    name: "rotation by 30 degrees",
    steps: [randomRotation({ degrees: fixed(30) })],
    keras: () => [layer("RandomRotation", { factor: fixed(30 / 360) })],
  },
  {
    name: "zoom out",
    steps: [randomZoom(fixed(0.25))],
    keras: () => [layer("RandomZoom", { height_factor: fixed(0.25) })],
  },
  {
    name: "zoom in, unequally",
    steps: [randomZoom(fixed(-0.3), fixed(-0.1))],
    keras: () => [layer("RandomZoom", { height_factor: fixed(-0.3), width_factor: fixed(-0.1) })],
  },
  {
    name: "translation",
    steps: [randomTranslation(fixed(0.13), fixed(-0.21))],
    keras: () => [layer("RandomTranslation", { height_factor: fixed(0.13), width_factor: fixed(-0.21) })],
  },
  {
    name: "shear",
    steps: [randomShear(fixed(0.2), fixed(0.1))],
    keras: ({ matrix }) => [
      {
        ...layer("RandomShear", { x_factor: 0.2, y_factor: 0.1 }),
        transformation: { shear_factor: [[matrix[1], matrix[3]]] },
      },
    ],
  },
  // A flip moves whole pixels, so that Keras too interpolates once.
  {
    name: "flip, then rotation",
    steps: [randomFlip("horizontal"), randomRotation(fixed(0.1))],
    view: (plan) => plan.matrix[0] < 0,
    keras: () => [flip("horizontal"), layer("RandomRotation", { factor: fixed(0.1) })],
  },
  {
    name: "rotation, then flip",
    steps: [randomRotation(fixed(0.1)), randomFlip("vertical")],
    view: (plan) => plan.matrix[4] < 0,
    keras: () => [layer("RandomRotation", { factor: fixed(0.1) }), flip("vertical")],
  },
  // Keras leaves a crop at its size; enlarged, it is a resize of the window, which holds the window's edge.
  {
    name: "crop",
    interior: true,
    steps: [randomCrop(0.7, 0.8)],
    keras: (plan, size) => [{ layer: "crop", args: windowOf(plan, size) }],
  },
  {
    name: "brighter",
    steps: [randomBrightness(fixed(0.17))],
    keras: () => [layer("RandomBrightness", { factor: fixed(0.17) })],
  },
  {
    name: "darker",
    steps: [randomBrightness(fixed(-0.4))],
    keras: () => [layer("RandomBrightness", { factor: fixed(-0.4) })],
  },
  { name: "contrast", steps: [randomContrast([0, 0.4])], keras: ({ colour }) => [contrast(colour[0])] },
  { name: "less contrast", steps: [randomContrast([0.6, 0])], keras: ({ colour }) => [contrast(colour[0])] },
  {
    name: "brighter, then contrast",
    steps: [randomBrightness(fixed(0.3)), randomContrast([0, 0.8])],
    keras: ({ colour }) => [layer("RandomBrightness", { factor: fixed(0.3) }), contrast(colour[1])],
  },
  // With its default value_range of 0-255, Keras lets saturation pass 1, and channels fall below 0.
  ...[0.2, 0.65, 1].map((factor) => ({
    name: `saturation ${factor}`,
    steps: [randomSaturation(fixed(factor))],
    keras: () => [{ ...layer("RandomSaturation", { factor: fixed(factor), value_range: [0, 1] }), unit: true }],
  })),
  {
    name: "hue",
    steps: [randomHue(fixed(0.3))],
    keras: ({ colour }) => [{ ...layer("RandomHue", { factor: 0.3 }), transformation: { factor: [colour[0].turn] } }],
  },
];
/** Each of these must be told from Keras's answer to the case. */
const WRONG = [
  // Of another fill: this one reflects.
  ["rotation, constant", [randomRotation(fixed(0.07))]],
  ["rotation, reflect", [randomRotation(fixed(-0.07))]],
  ["zoom out", [randomZoom(fixed(-0.25))]],
  ["translation", [randomTranslation(fixed(-0.21), fixed(0.13))]],
  ["shear", [randomShear(fixed(0.1), fixed(0.2))]],
  ["flip, then rotation", [randomRotation(fixed(0.1))]],
  ["brighter", [randomBrightness(fixed(0.18))]],
  ["saturation 0.65", [randomSaturation(fixed(0.5))]],
];

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ python, shared, work, check, skip }) => {
  const compare = async (title, { pixels, height, width }) => {
    const size = [height, width];
    const plans = CASES.map(({ steps, fill, view }) => planOf(augmentation(steps, fill), size, view));
    const [raw, cases, out] = ["pixels.raw", "cases.json", "answers.raw"].map((name) => join(work, name));
    await writeFile(raw, pixels);
    await writeFile(cases, JSON.stringify(CASES.map(({ keras }, at) => keras(plans[at], size))));
    const conventions = JSON.parse(await python("data/augment.py", [raw, height, width, cases, out]));
    const answers = new Float32Array(new Uint8Array(await readFile(out)).buffer);
    const length = height * width * 3;
    const theirs = (at) => answers.subarray(at * length, (at + 1) * length);
    const worst = (plan, at) => {
      const ours = new Uint8Array(length);
      applyPlan(pixels, height, width, plan, ours);
      return worstOf(ours, theirs(at), size, CASES[at].interior ? insideOf(plan, size) : undefined);
    };
    for (const [at, { name, interior }] of CASES.entries()) {
      await check(`${title}: ${name} is Keras's${interior ? " inside the image" : ""}`, () => {
        const difference = worst(plans[at], at);
        if (!(difference <= TOLERANCE)) throw new Error(`differs by ${difference.toFixed(3)} levels`);
        console.log(`    largest difference ${difference.toFixed(3)} levels`);
      });
    }
    return { conventions, worst, size };
  };

  const { conventions, worst, size } = await compare("noise", noise(61, 47));
  for (const [name, steps] of WRONG) {
    await check(`the oracle notices another amount or direction of "${name}"`, () => {
      const difference = worst(
        planOf(augmentation(steps), size),
        CASES.findIndex((one) => one.name === name),
      );
      if (difference <= 2 * TOLERANCE) throw new Error(`it did not: ${difference.toFixed(3)} levels`);
    });
  }
  await check("conventions that the documentation calls Keras's own are still so", () => {
    const { contrastOfOneNumber, brightnessOfOneNumber, placesOfACornerFlippedBothWays } = conventions;
    const found = JSON.stringify([contrastOfOneNumber, brightnessOfOneNumber, placesOfACornerFlippedBothWays]);
    if (found !== "[[0,0.2],[-0.2,0.2],2]") throw new Error(`Keras ${conventions.keras} has ${found}`);
  });

  if (shared === undefined) {
    skip("augmentation of a real photograph", "../shared is missing");
    return;
  }
  await compare("a photograph", await photograph(join(shared, "data/cassava")));
};

const layer = (name, args) => ({ layer: name, args });
const flip = (mode) => ({ ...layer("RandomFlip", { mode }), transformation: { flips: [[[[1]]]] } });
const contrast = ({ factor }) => ({
  ...layer("RandomContrast", { factor: 1 }),
  transformation: { contrast_factor: [[[[factor]]]] },
});

/** The plan of the first view that `wanted` takes. */
function planOf(policy, size, wanted = () => true) {
  for (let view = 1; view < 100; view++) {
    const plan = augmentPlan(policy, { seed: 1, id: "image", view, size });
    if (wanted(plan)) return plan;
  }
  throw new Error(`no view of ${policy.id} is the one that is asked for`);
}

/** The window of a plan that crops. */
function windowOf({ matrix: [across, , left, , down, top] }, [height, width]) {
  const whole = {
    rows: down * height,
    columns: across * width,
    top: top - (down - 1) / 2,
    left: left - (across - 1) / 2,
  };
  return Object.fromEntries(Object.entries(whole).map(([key, value]) => [key, Math.round(value)]));
}

/** Whether an output pixel is taken from the inside of the input, or of the crop. */
function insideOf({ matrix: [a, b, c, d, e, f] }, [height, width]) {
  const crop = b === 0 && d === 0;
  const [low, high] = crop
    ? [
        [c, f],
        [c + a * (width - 1), f + e * (height - 1)],
      ]
    : [
        [0, 0],
        [width - 1, height - 1],
      ];
  return (x, y) => {
    const [u, v] = [a * x + b * y + c, d * x + e * y + f];
    return u >= low[0] + MARGIN && u <= high[0] - MARGIN && v >= low[1] + MARGIN && v <= high[1] - MARGIN;
  };
}

function worstOf(ours, theirs, [, width], inside = () => true) {
  let worst = 0;
  for (let at = 0; at < ours.length; at++) {
    const pixel = Math.floor(at / 3);
    if (!inside(pixel % width, Math.floor(pixel / width))) continue;
    // Bytes are cut to 0-255; Keras cuts some layers and not others.
    worst = Math.max(worst, Math.abs(ours[at] - Math.min(255, Math.max(0, theirs[at]))));
  }
  return worst;
}

function noise(height, width) {
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, k) => Math.imul(k + 7, 2654435761) >>> 24);
  return { pixels, height, width };
}

async function photograph(folder) {
  const dataset = await openDataset(folder);
  const ids = dataset.entries.slice(0, 1).map(({ id }) => id);
  const source = imageBatches(dataset, { ids, size: [224, 224], batchSize: 1, decode: sharpDecoder() });
  for await (const { images } of source.batches(0)) {
    await dataset.close();
    return { pixels: images, height: 224, width: 224 };
  }
  throw new Error(`${folder} holds no images`);
}
