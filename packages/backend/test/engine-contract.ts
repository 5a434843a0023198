import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { CONTRACT } from "./contract-cases.ts";
import { errorsOf, resultsOn, TOLERANCE } from "./engine-errors.ts";

/** What an engine is known not to do. */
export interface EngineLimits {
  /** It refuses padding by numbers, and says so. */
  readonly explicitPads?: false;
}

/** Holds an engine, started by `start`, to the contract. */
export function engineContract(
  title: string,
  engine: string,
  start: () => Promise<unknown>,
  { explicitPads }: EngineLimits = {},
): void {
  const cases = CONTRACT.filter((entry) => explicitPads !== false || entry.explicitPads !== true);
  const refused = CONTRACT.filter((entry) => !cases.includes(entry));
  describe(title, () => {
    if (refused.length > 0) {
      it.each(refused.map((entry) => [entry.title, entry] as const))("refuses %s", async (_, entry) => {
        await start();
        await expect(resultsOn(engine, entry)).rejects.toThrow(/padding/);
      });
    }

    it.each(cases.map((entry) => [entry.title, entry] as const))("%s", async (_, entry) => {
      await start();
      const errors = await errorsOf(engine, entry);
      expect(errors.length).toBe(entry.gradients === false ? 1 : 1 + entry.shapes.length);
      expect(Math.max(...errors)).toBeLessThanOrEqual(TOLERANCE);
    });

    it("leaves no tensor and no data behind", async () => {
      await start();
      for (const entry of cases) {
        await resultsOn(engine, entry);
        const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
        await resultsOn(engine, entry);
        expect([entry.title, tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual([
          entry.title,
          ...before,
        ]);
      }
    });
  });
}
