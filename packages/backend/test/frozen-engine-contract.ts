import type { FrozenEngine } from "@cassava/contracts";
import { describe, it } from "vitest";
import { FROZEN_ENGINE_CHECKS } from "./frozen-engine-checks.ts";

/** Holds an engine of frozen parts to its contract. */
export function frozenEngineContract(title: string, start: () => Promise<FrozenEngine>): void {
  describe(title, () => {
    it.each(FROZEN_ENGINE_CHECKS)("$title", async ({ check }) => check(await start()));
  });
}
