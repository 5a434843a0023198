import { expect, it } from "vitest";
import { BackendError, isBackendError } from "../src/index.ts";

it("carries code, engine and cause", () => {
  const cause = new Error("inner");
  const error = new BackendError("ENGINE_BROKEN", "does not start", { engine: "wasm", cause });
  expect(error).toMatchObject({ name: "BackendError", code: "ENGINE_BROKEN", engine: "wasm", cause });
});

it("is recognized by code, and nothing else is", () => {
  const error = new BackendError("ENGINE_MISSING", "not here");
  expect([
    isBackendError(error),
    isBackendError(error, "ENGINE_MISSING"),
    isBackendError(error, "ENGINE_BROKEN"),
  ]).toEqual([true, true, false]);
  expect([new Error("x"), { name: "BackendError" }, null].map((value) => isBackendError(value))).toEqual([
    false,
    false,
    false,
  ]);
});
