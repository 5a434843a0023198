import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { webgpuNodeEngine } from "../src/node/webgpu-node.ts";

/** A Dawn that says when it is started. */
const FAKE = 'exports.globals = {}; exports.create = () => { throw new Error("Dawn was started"); };';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cassava-webgpu-"));
  mkdirSync(join(folder, "node_modules/webgpu"), { recursive: true });
  writeFileSync(join(folder, "node_modules/webgpu/package.json"), '{ "name": "webgpu", "main": "index.cjs" }');
  writeFileSync(join(folder, "node_modules/webgpu/index.cjs"), FAKE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (devices: readonly string[], asked: boolean) =>
  webgpuNodeEngine({ from: join(folder, "index.js"), devices }).open({}, asked);

describe.runIf(process.platform === "linux")("Dawn, on Linux", () => {
  it("is not started unasked where the system shows no GPU: it would complain of missing Vulkan", async () => {
    await expect(open(["/nowhere"], false)).rejects.toMatchObject({
      code: "GPU_MISSING",
      message: expect.stringContaining("no graphics card"),
    });
  });

  it("is started where there is one, and by name", async () => {
    const started = { code: "ENGINE_BROKEN", message: expect.stringContaining("Dawn was started") };
    await expect(open(["/nowhere", folder], false)).rejects.toMatchObject(started);
    await expect(open(["/nowhere"], true)).rejects.toMatchObject(started);
  });
});
