import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { defaultCache, findLink } from "../src/node/tensorflow-links.ts";
import { findAnyPackage } from "../src/node/tensorflow-module.ts";
import { doctor } from "../src/node.ts";

const installed = findAnyPackage(import.meta.url);
const found = installed && findLink(installed.folder, defaultCache());

describe.skipIf(found === undefined || found.stale !== undefined)(
  "doctor with a linked TensorFlow (skipped where there is none; `pnpm engines` links one)",
  () => {
    it("reports the link, starts TensorFlow once, and takes it", async () => {
      const { engines, link, active } = await doctor();
      const { version, folder } = found!.link.tensorflow;
      expect(link).toMatchObject({ state: "ready", tensorflow: version, folder, addon: found!.addon });
      expect(active.name).toBe("tensorflow");
      // Before it everything that might have had a GPU.
      expect(active.tried.map(({ code }) => code)).toEqual(active.tried.map(() => "GPU_MISSING"));
      expect(active.tried.map(({ name }) => name)).toEqual(["tensorflow", "webgpu"]);
      expect(active.device).toContain(`TensorFlow ${version} (linked)`);
      const packages = engines.filter(({ name }) => name === "tensorflow");
      expect(packages.map(({ state }) => state)).toEqual(["ready", "ready"]);
      expect(packages.map(({ detail }) => detail)).toEqual([
        active.device,
        "not started: @tensorflow/tfjs-node-gpu has been",
      ]);
      expect(tf.getBackend()).toBe("tensorflow");
    });
  },
);
