import { describe } from "vitest";
import { isBackendError, useBackend } from "../src/node.ts";
import { engineContract } from "./engine-contract.ts";

const started = await useBackend("webgpu").then(
  () => true,
  (error: unknown) => {
    if (isBackendError(error)) return false;
    throw error;
  },
);

describe.skipIf(!started)("webgpu (skipped where Dawn finds no adapter; `pnpm engines` brings SwiftShader)", () => {
  engineContract("webgpu", "webgpu", async () => {
    await useBackend("webgpu");
  });
});
