import { BackendError } from "../errors.ts";
import { type CommandResult, type RunCommand, telltaleLine } from "./link-tensorflow-run.ts";

/** What a linked addon says of itself. */
export interface CheckedAddon {
  /** The version that the loaded TensorFlow reports. */
  readonly version: string;
  readonly gpu: boolean;
}

/**
 * Largest difference from the plain JavaScript engine, relative to its largest value: float32 roundings on a processor; a GPU
 * of NVIDIA multiplies with TF32's ten bits of mantissa.
 */
const TOLERANCE = { cpu: 1e-4, gpu: 1e-2 } as const;

/**
 * Runs in a process of its own, which a bad addon may take down: loads tfjs-node (its main file is argument 1) with the addon
 * (argument 2), and prints the largest relative difference of a convolution and its two gradients between it and the plain
 * JavaScript engine. Keep the first lines in step with tensorflow-load.ts.
 */
const SCRIPT = `
const [main, addon] = process.argv.slice(1);
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const from = require("node:module").createRequire(main);
const locator = from.resolve("@mapbox/node-pre-gyp");
from(locator);
const module_ = from.cache[locator];
module_.exports = Object.create(module_.exports, { find: { value: () => addon } });
const tf = from(main);
const { isUsingGpuDevice, binding } = tf.backend();
const wave = (shape, step) => tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * step)), shape);
const on = async (name) => {
  await tf.setBackend(name);
  const x = wave([2, 9, 8, 5], 0.7), filter = wave([3, 3, 5, 6], 1.3), dy = wave([2, 5, 4, 6], 0.4);
  const convolve = (image, kernel) => tf.conv2d(image, kernel, 2, "same");
  const results = [convolve(x, filter), ...tf.grads((image, kernel) => convolve(image, kernel).mul(dy).sum())([x, filter])];
  return Promise.all(results.map((result) => result.data()));
};
(async () => {
  const [actual, expected] = [await on("tensorflow"), await on("cpu")];
  let difference = 0;
  expected.forEach((values, at) => {
    const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    values.forEach((value, i) => {
      const error = Math.abs(actual[at][i] - value) / largest;
      difference = error <= difference ? difference : error;
    });
  });
  // NaN is no JSON.
  console.log(JSON.stringify({ version: binding.TF_Version, gpu: isUsingGpuDevice, difference: difference >= 0 ? difference : null }));
})();
`;

interface Verdict extends CheckedAddon {
  readonly difference: number | null;
}

/** The last line of the script, or undefined where it ended before it. */
function verdictOf({ stdout }: CommandResult): Verdict | undefined {
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as Verdict;
  } catch {
    return undefined;
  }
}

/**
 * Loads an addon in a child process and compares a convolution and its gradients with the plain JavaScript engine.
 *
 * @param main The main file of tfjs-node or tfjs-node-gpu.
 * @throws {BackendError} `LINK_FAILED` where it does not load, or computes something else; `keepLog` gets the whole output.
 */
export async function checkAddon(
  addon: string,
  main: string,
  run: RunCommand,
  keepLog: (result: CommandResult) => Promise<string>,
): Promise<CheckedAddon> {
  const result = (await run(process.execPath, ["-e", SCRIPT, main, addon]))!;
  const verdict = result.code === 0 ? verdictOf(result) : undefined;
  if (verdict === undefined) {
    const log = await keepLog(result);
    const message = `the linked addon does not load: ${telltaleLine(result)} (log: ${log})`;
    throw new BackendError("LINK_FAILED", message);
  }
  const { version, gpu, difference } = verdict;
  if (difference === null || difference > TOLERANCE[gpu ? "gpu" : "cpu"]) {
    const log = await keepLog(result);
    const message = `the linked TensorFlow ${version} computes a convolution wrongly: it is ${difference ?? "NaN"} off, relative to the largest value (log: ${log})`;
    throw new BackendError("LINK_FAILED", message);
  }
  return { version, gpu };
}
