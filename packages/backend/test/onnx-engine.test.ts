import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Batch, FrozenEngine } from "@cassava/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { isBackendError, onnxEngine } from "../src/node.ts";
import { FROZEN_ENGINE_CHECKS, failedChecks } from "./frozen-engine-checks.ts";
import { frozenEngineContract } from "./frozen-engine-contract.ts";
import { SIZE, STRIDE } from "./onnx-graphs.ts";

frozenEngineContract("onnx", () => onnxEngine());
frozenEngineContract("onnx on one thread", () => onnxEngine({ threads: 1 }));

it("is named onnx: features of other engines are told apart by it", async () => {
  expect((await onnxEngine()).name).toBe("onnx");
});

describe("the contract", () => {
  /** An engine that changes the batch on its way in, or the features on their way out. */
  const broken = async (change: {
    readonly batch?: (batch: Batch) => Batch;
    readonly features?: (features: Float32Array, n: number) => Float32Array;
  }): Promise<FrozenEngine> => {
    const engine = await onnxEngine({ threads: 1 });
    return {
      name: "broken",
      async load(onnx, spec) {
        const part = await engine.load(onnx, spec);
        const run = async (batch: Batch) => {
          const features = await part.run(change.batch?.(batch) ?? batch);
          return change.features?.(features, batch.ids.length) ?? features;
        };
        return { ...part, run };
      },
    };
  };
  const computing = FROZEN_ENGINE_CHECKS.map(({ title }) => title).filter((title) =>
    /^(computes|takes|keeps|finishes)/.test(title),
  );

  it("is passed by an engine that changes nothing", async () => {
    expect(await failedChecks(await broken({}))).toEqual([]);
  });

  it("sees an engine that ignores the order of the batch", async () => {
    const reversed = await broken({
      features: (features, n) => {
        const width = features.length / n;
        return features.map((_, i) => features[(n - 1 - Math.floor(i / width)) * width + (i % width)]!);
      },
    });
    expect(await failedChecks(reversed)).toEqual(computing);
  });

  it("sees an engine that transposes images", async () => {
    const [height, width] = SIZE;
    const transposed = await broken({
      batch: (batch) => {
        const images = batch.images.map((_, i) => {
          const [image, at] = [Math.floor(i / STRIDE), i % STRIDE];
          const [pixel, channel] = [Math.floor(at / 3), at % 3];
          const from = (pixel % height) * width + Math.floor(pixel / height);
          return batch.images[image * STRIDE + from * 3 + channel]!;
        });
        return { ...batch, images };
      },
    });
    expect(await failedChecks(transposed)).toEqual(computing);
  });

  it("sees an engine that takes BGR for RGB, and one that gives channels first", async () => {
    const bgr = await broken({
      batch: (batch) => ({ ...batch, images: batch.images.map((_, i) => batch.images[i - (i % 3) + 2 - (i % 3)]!) }),
    });
    expect(await failedChecks(bgr)).toEqual(computing);
    const first = await broken({
      features: (features, n) => {
        if (features.length !== n * STRIDE) return features;
        const pixels = STRIDE / 3;
        return features.map((_, i) => {
          const at = i % STRIDE;
          return features[i - at + (at % pixels) * 3 + Math.floor(at / pixels)]!;
        });
      },
    });
    expect(await failedChecks(first)).toEqual(computing.filter((title) => /images \[h, w, c\]|^keeps/.test(title)));
  });

  it("sees an engine that reuses the memory of its results", async () => {
    let memory = new Float32Array(0);
    const reusing = await broken({
      features: (features) => {
        if (memory.length < features.length) memory = new Float32Array(features.length);
        memory.set(features);
        return memory.subarray(0, features.length);
      },
    });
    expect(await failedChecks(reusing)).toContain(
      FROZEN_ENGINE_CHECKS.find(({ title }) => title.startsWith("keeps"))!.title,
    );
  });
});

describe("a runtime that is not as it should be", () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });
  /** The address of a file beside whose node_modules there is one package. */
  const beside = async (name: string, code: string) => {
    const folder = await mkdtemp(join(tmpdir(), "cassava-onnx-"));
    folders.push(folder);
    const place = join(folder, "node_modules", name);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "package.json"), JSON.stringify({ name, version: "9.9.9", main: "index.js" }));
    await writeFile(join(place, "index.js"), code);
    return join(folder, "main.js");
  };

  it("is missing, and the message says how to get it", async () => {
    const found = await onnxEngine({ package: "no-such-runtime" }).catch((error: unknown) => error);
    expect(isBackendError(found, "ENGINE_MISSING")).toBe(true);
    expect((found as Error).message).toBe("no-such-runtime is not installed: npm install no-such-runtime");
  });

  it.each([
    [
      "throws",
      "throw new Error('libonnxruntime.so.1: cannot open shared object file\\nand more')",
      /does not start: libonnx[^\n]*file$/,
    ],
    ["exports nothing", "module.exports = {}", /does not start: it exports no InferenceSession$/],
  ])("%s", async (_, code, message) => {
    const from = await beside("onnxruntime-node", code);
    const found = await onnxEngine({ from }).catch((error: unknown) => error);
    expect(isBackendError(found, "ENGINE_BROKEN")).toBe(true);
    expect((found as Error).message).toMatch(message);
  });

  it("comes from another package where one is named", async () => {
    const code =
      "exports.Tensor = class {}; exports.InferenceSession = { create: async () => { throw new Error('no') } };";
    const engine = await onnxEngine({ from: await beside("my-runtime", code), package: "my-runtime" });
    const spec = { id: "x", inputSize: SIZE, outputShape: [2] };
    const found = await engine.load(new Uint8Array(0), spec).catch((error: unknown) => error);
    expect((found as Error).message).toBe("my-runtime 9.9.9 does not load this graph: no");
  });
});
