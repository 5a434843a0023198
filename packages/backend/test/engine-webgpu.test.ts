import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { doctor, isBackendError, useBackend } from "../src/node.ts";

/** Whether Dawn finds an adapter here; asked once. */
const device = await useBackend("webgpu").then(
  (choice) => choice.device,
  (error: unknown) => {
    if (isBackendError(error)) return undefined;
    throw error;
  },
);

const title = "webgpu (skipped where Dawn finds no adapter; `pnpm engines` brings SwiftShader)";
describe.skipIf(device === undefined)(title, () => {
  it("says on which adapter it runs, and leaves Node's own navigator alone", async () => {
    expect(device).toMatch(/^(GPU, WebGPU on|CPU, WebGPU in software on) ./);
    expect(JSON.stringify(globalThis.navigator ?? null)).not.toContain("gpu");
    expect((globalThis.navigator as { gpu?: unknown } | undefined)?.gpu).toBeUndefined();
  });

  it("is listed by doctor, software told apart", async () => {
    const { adapters, engines } = await doctor({ engine: "webgpu" });
    expect(adapters.length).toBeGreaterThan(0);
    if (!device?.startsWith("GPU")) expect(adapters).toEqual([{ name: expect.any(String), software: true }]);
    expect(engines.find(({ name }) => name === "webgpu")).toMatchObject({ state: "ready", detail: device });
  });

  it("in software is taken only by name", async () => {
    const { name, tried } = await useBackend("auto");
    if (device?.startsWith("GPU")) expect(name).not.toBe("cpu");
    else expect(tried.find(({ package: from }) => from === "webgpu")).toMatchObject({ code: "GPU_MISSING" });
    await useBackend("webgpu");
    expect(tf.getBackend()).toBe("webgpu");
  });

  it("lets the process end by itself", () => {
    const built = fileURLToPath(new URL("../dist/node.js", import.meta.url));
    const script = `
      const { useBackend } = await import(process.argv[1]);
      const tf = (await import("@tensorflow/tfjs")).default;
      const { name } = await useBackend("webgpu");
      const sum = tf.sum(tf.ones([2, 3]));
      process.stdout.write(name + " " + (await sum.data())[0]);`;
    const folder = fileURLToPath(new URL("..", import.meta.url));
    const options = { cwd: folder, timeout: 30_000, encoding: "utf8" } as const;
    const { status, stdout } = spawnSync(
      process.execPath,
      ["--input-type=module", "-e", script, pathToFileURL(built).href],
      options,
    );
    expect([status, stdout]).toEqual([0, "webgpu 6"]);
  });
});
