import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseEngine } from "../src/choose.ts";
import { cpuEngine } from "../src/engines/cpu.ts";
import type { Engine } from "../src/engines/engine.ts";
import { wasmEngine } from "../src/engines/wasm.ts";
import { useBackend as useNeutralBackend } from "../src/index.ts";
import { tensorflowEngine } from "../src/node/tensorflow-engine.ts";
import { restoreRemovedUtilities } from "../src/node/tensorflow-load.ts";
import { isBackendError, useBackend } from "../src/node.ts";

const NAME = "@tensorflow/tfjs-node";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cassava-backend-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Installs a package under that name whose module has this source; with a native library, if `addon`. */
function plant(source: string, { addon }: { addon: boolean }): void {
  const root = join(folder, "node_modules", NAME);
  mkdirSync(join(root, "lib", "napi-v8"), { recursive: true });
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: NAME, version: "4.22.0", main: "index.cjs" }));
  writeFileSync(join(root, "index.cjs"), source);
  if (addon) writeFileSync(join(root, "lib", "napi-v8", "tfjs_binding.node"), "");
}
const planted = (): Engine => tensorflowEngine(NAME, { from: join(folder, "index.js"), cache: join(folder, "cache") });
const threads = availableParallelism() === 1 ? "1 thread" : `${availableParallelism()} threads`;
const choose = (engines: Engine[]) => chooseEngine(engines, "auto", {});

describe("useBackend", () => {
  it("starts WebAssembly by name and says so", async () => {
    const choice = await useBackend("wasm");
    expect(choice).toEqual({ name: "wasm", device: "CPU, WebAssembly with SIMD, 1 thread", tried: [] });
    expect(tf.getBackend()).toBe("wasm");
  });

  it("takes WebAssembly where nothing else is asked for, in the neutral entry", async () => {
    expect((await useNeutralBackend()).name).toBe("wasm");
  });

  it("never computes in plain JavaScript without a warning", async () => {
    const warnings: string[] = [];
    const choice = await useBackend("cpu", { onWarning: (warning) => warnings.push(warning) });
    expect(choice.name).toBe("cpu");
    expect(choice.warning).toMatch(/30 times slower than WebAssembly/);
    expect(warnings).toEqual([choice.warning]);
  });

  it("refuses a name that it does not know, and names those that it knows", async () => {
    const error = await useNeutralBackend("tensorflow").catch((caught: unknown) => caught);
    expect(isBackendError(error, "ENGINE_UNKNOWN")).toBe(true);
    expect((error as Error).message).toBe('no engine "tensorflow" here: use auto or one of webgpu, webgl, wasm, cpu');
  });
});

describe("TensorFlow", () => {
  it("is missing where the package is not installed", async () => {
    // A name that nobody has: package managers may make any installed package visible from everywhere (NODE_PATH).
    const absent = "@tensorflow/tfjs-node-absent";
    const choice = await choose([tensorflowEngine(absent as "@tensorflow/tfjs-node"), wasmEngine]);
    expect(choice.name).toBe("wasm");
    expect(choice.tried).toEqual([
      {
        name: "tensorflow",
        package: absent,
        code: "ENGINE_MISSING",
        reason: `${absent} is not installed: pnpm add ${absent}`,
      },
    ]);
  });

  it("is told apart where its native library was never built", async () => {
    plant("throw new Error('must not be loaded')", { addon: false });
    const { tried } = await choose([planted(), wasmEngine]);
    expect(tried[0]).toMatchObject({ code: "ADDON_MISSING" });
    expect(tried[0]!.reason).toContain(`npm rebuild ${NAME}`);
  });

  it("is broken where it throws, with the first line of its message", async () => {
    plant("throw new Error('libcudart.so.11.0: cannot open shared object file\\nat somewhere')", { addon: true });
    const { tried } = await choose([planted(), cpuEngine]);
    expect(tried).toEqual([
      {
        name: "tensorflow",
        package: NAME,
        code: "ENGINE_BROKEN",
        reason: `${NAME} 4.22.0 does not start: libcudart.so.11.0: cannot open shared object file`,
      },
    ]);
  });

  it("is refused where it brings a second copy of TensorFlow.js", async () => {
    plant("exports.Tensor = class Tensor {};", { addon: true });
    const { name, tried } = await choose([planted(), wasmEngine]);
    expect(name).toBe("wasm");
    expect(tried[0]).toMatchObject({ code: "TWO_COPIES" });
  });

  it("fails by name where it does not start, with code, engine and cause", async () => {
    plant("throw new Error('no')", { addon: true });
    const error = await chooseEngine([planted(), wasmEngine], "tensorflow", {}).catch((caught: unknown) => caught);
    expect(isBackendError(error, "ENGINE_BROKEN")).toBe(true);
    expect((error as Error).message).toBe(`${NAME} 4.22.0 does not start: no`);
  });

  it("starts where the package works", async () => {
    // The stub stands in for the native backend: it registers plain JavaScript under the name "tensorflow".
    const source = `const tf = require("@tensorflow/tfjs"); tf.registerBackend("tensorflow", () => tf.findBackend("cpu") ?? tf.findBackendFactory("cpu")());
      exports.Tensor = tf.Tensor;`;
    plant(source, { addon: true });
    const tfjs = fileURLToPath(new URL("../node_modules/@tensorflow/tfjs", import.meta.url));
    symlinkSync(tfjs, join(folder, "node_modules/@tensorflow/tfjs"), "junction");
    const choice = await choose([planted(), wasmEngine]);
    expect(choice).toMatchObject({
      name: "tensorflow",
      device: `CPU, TensorFlow of unknown version through ${NAME}, ${threads}`,
    });
  });
});

describe("restoreRemovedUtilities", () => {
  it("brings back what Node 23 removed", () => {
    const target: Record<string, unknown> = {};
    restoreRemovedUtilities(target);
    const isNullOrUndefined = target.isNullOrUndefined as (value: unknown) => boolean;
    expect([null, undefined, 0, ""].map(isNullOrUndefined)).toEqual([true, true, false, false]);
    expect(target.isArray).toBe(Array.isArray);
  });

  it("leaves what is there", () => {
    const own = () => false;
    const target: Record<string, unknown> = { isNullOrUndefined: own };
    restoreRemovedUtilities(target);
    expect(target.isNullOrUndefined).toBe(own);
  });
});
