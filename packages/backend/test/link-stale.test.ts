import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findTensorflow } from "../src/node/tensorflow-module.ts";
import { isBackendError } from "../src/node.ts";
import { cache, from, link, NAME, packageFolder, tensorflowFolder } from "./link-fakes.ts";

describe.skipIf(process.platform !== "linux")(
  "a link whose TensorFlow has changed (skipped outside Linux: the fakes have its libraries)",
  () => {
    const stale = async (change: () => void): Promise<string> => {
      await link();
      change();
      try {
        findTensorflow(NAME, from(), cache());
      } catch (error) {
        expect(isBackendError(error, "LINK_STALE")).toBe(true);
        return (error as Error).message;
      }
      throw new Error("it was taken");
    };
    const library = (): string => join(tensorflowFolder(), "libtensorflow_cc.so.2");

    it("is refused where the library is another, and says to link again", async () => {
      const message = await stale(() => writeFileSync(library(), "another library"));
      expect(message).toMatch(
        /linked to TensorFlow 2\.21\.0, and .*tensorflow has been updated since: link it again with cassava doctor/,
      );
    });

    it("is refused where the library has the same size and another time", async () => {
      const { atimeMs, mtimeMs } = statSync(library());
      expect(await stale(() => utimesSync(library(), atimeMs / 1000, mtimeMs / 1000 + 60))).toMatch(/updated since/);
    });

    it("is refused where TensorFlow is gone", async () => {
      expect(await stale(() => rmSync(tensorflowFolder(), { recursive: true }))).toMatch(/no longer in/);
    });

    it("is refused where tfjs-node was updated", async () => {
      const source = () => writeFileSync(join(packageFolder(), "binding", "utils.h"), "// new");
      expect(await stale(source)).toMatch(/tfjs-node has been updated since/);
    });

    it("is linked again", async () => {
      await stale(() => writeFileSync(library(), "another library"));
      const { addon } = await link();
      expect(findTensorflow(NAME, from(), cache()).addon).toBe(addon);
    });

    it("gives way to an addon of the package's own, with a warning", async () => {
      const lib = join(packageFolder(), "lib", "napi-v8");
      mkdirSync(lib, { recursive: true });
      writeFileSync(join(lib, "tfjs_binding.node"), "own");
      await link();
      writeFileSync(library(), "another library");
      const found = findTensorflow(NAME, from(), cache());
      expect([found.addon, found.link]).toEqual([join(lib, "tfjs_binding.node"), undefined]);
      expect(found.warning).toMatch(/updated since: link it again .*; its own TensorFlow runs meanwhile/);
    });

    it("does not count where its record is broken", async () => {
      const { addon } = await link();
      writeFileSync(join(dirname(addon), "link.json"), "{");
      expect(() => findTensorflow(NAME, from(), cache())).toThrow(/npm rebuild/);
    });
  },
);
