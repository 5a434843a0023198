import { expect, it, vi } from "vitest";
import { isBackendError, useBackend } from "../src/node.ts";

// In a file of its own: the wasm engine reads its paths once per process.
it("says what to do where the .wasm files are out of reach", async () => {
  const quiet = [vi.spyOn(console, "warn"), vi.spyOn(console, "error")].map((spy) =>
    spy.mockImplementation(() => undefined),
  );
  const error = await useBackend("wasm", { wasmPaths: "/nowhere/" }).catch((caught: unknown) => caught);
  for (const spy of quiet) spy.mockRestore();
  expect(isBackendError(error, "ENGINE_BROKEN")).toBe(true);
  expect((error as Error).message).toContain("options.wasmPaths");
});
