import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bytes, decodeWith, int, readExamples, schema, string } from "../src/index.ts";
import { inspectRecords } from "../src/inspect.ts";
import { expandPaths, openFile } from "../src/node.ts";
import { buildIndex, readRecordAt } from "../src/random-access.ts";

const folder = fileURLToPath(new URL("../../../../shared/data/cassava/train_tfrecords", import.meta.url));
const present = existsSync(folder);
const leaf = schema({ image: bytes(), image_name: string(), target: int({ optional: true }) });

describe.skipIf(!present)(`the cassava files${present ? "" : " (skipped: ../shared/data/cassava is missing)"}`, () => {
  it("hold as many records as their names say", async () => {
    const files = await expandPaths(`${folder}/*.tfrec`);
    expect(files.length).toBe(4);
    for (const path of files) {
      const expected = Number(/-(\d+)\.tfrec$/.exec(path)?.[1]);
      expect((await buildIndex(openFile(path))).count).toBe(expected);
      let read = 0;
      for await (const { image, image_name, target } of readExamples(openFile(path), leaf)) {
        read++;
        expect([image[0], image[1]]).toEqual([0xff, 0xd8]);
        expect(image_name).toMatch(/^\d+\.jpg$/);
        expect(target).toBeLessThan(5);
      }
      expect(read).toBe(expected);
    }
  });

  it("give the same record by index and by reading", async () => {
    const [path] = await expandPaths(folder);
    const file = openFile(path!);
    const index = await buildIndex(file);
    const names: string[] = [];
    for await (const { image_name } of readExamples(file, leaf)) names.push(image_name);
    for (let i = 0; i < index.count; i += 13) {
      expect(decodeWith(leaf, await readRecordAt(file, index, i)).image_name).toBe(names[i]);
    }
    await file.close();
  });

  it("are summarized by inspectRecords", async () => {
    const [path] = await expandPaths(folder);
    const { records, corrupt, features, byteLength } = await inspectRecords(openFile(path!));
    expect({ records, corrupt, byteLength }).toEqual({
      records: 67,
      corrupt: [],
      byteLength: openFile(path!).byteLength,
    });
    expect(features.map(({ name }) => name).sort()).toEqual(["image", "image_name", "target"]);
    const target = features.find(({ name }) => name === "target");
    expect([...target!.counts!.values()].reduce((a, b) => a + b)).toBe(67);
  });
});
