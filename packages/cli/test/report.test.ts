import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, everythingIn, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const SMALL = ["--backbone", "resnet14", "--weights", "none", "--input-size", "32", "--epochs", "2", "--head", "8"];

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 100, seed: 3 }, { shards: 2 });
  const augmented = ["--augment", "flip", "--preprocessing", "unit", "--force", "--quiet"];
  const { code } = await cassava(folder.path, "train", at("shards"), ...SMALL, ...augmented, "--out", "run");
  expect(code).toBe(0);
});
afterAll(() => folder.remove());

const report = async () => readFile(at("run/report.html"), "utf8");

describe("cassava report", { timeout: 120_000 }, () => {
  it("writes the report and the card into the run, which stays one that can be replaced", async () => {
    const { code, stdout } = await cassava(folder.path, "report", "run", "--audit", "--json");
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ report: at("run/report.html"), card: at("run/MODEL_CARD.md") });
    expect(document.photographs).toBeGreaterThan(0);
    const html = await report();
    expect(Buffer.byteLength(html)).toBe(document.bytes);
    expect(html).toContain("Audit of the whole data set");
    expect(html).toContain(document.verdict);
    // Photographs of the mistakes, and six images as the model sees them with two views each.
    expect(html.match(/<img /g)!.length).toBeGreaterThanOrEqual(document.photographs + 18);
    expect(html).toContain("on its scale they are black");
    // Nothing half-written is left.
    expect((await everythingIn(at("run"))).filter((name) => /partial|\.tmp/.test(name))).toEqual([]);
  });

  it("shows settings as the command line writes them, and none that had no effect", async () => {
    await cassava(folder.path, "report", "run", "--no-images");
    const html = await report();
    const rows = [...html.matchAll(/<th scope="row">(--[^<]+)<\/th><td class="left">([^<]*)</g)];
    const settings = new Map(rows.map(([, name, value]) => [name, value]));
    expect(settings.get("--learning-rate")).toBe("0.001");
    expect(settings.get("--force")).toBe("yes");
    expect([...settings.keys()].filter((name) => name!.startsWith("--fine-tune"))).toEqual([]);
    expect(html).not.toContain("learningRate");
  });

  it("is the same bytes again, and without photographs smaller", async () => {
    await cassava(folder.path, "report", "run");
    const first = await report();
    expect((await cassava(folder.path, "report", "run")).code).toBe(0);
    expect(await report()).toBe(first);
    await cassava(folder.path, "report", "run", "--no-images");
    expect(await report()).not.toContain("<img");
  });

  it("names no folder of this machine in the card, which goes out into the world", async () => {
    await cassava(folder.path, "report", "run", "--license", "apache-2.0");
    const card = await readFile(at("run/MODEL_CARD.md"), "utf8");
    expect(card).toContain("license: apache-2.0");
    expect(card).not.toContain(folder.path);
    expect(card).toMatch(/cassava train shards .*--backbone resnet14/);
  });

  it("says how the run is made again: the same command gives the same metrics", async () => {
    const [, line] = /<code>(cassava train .*?)<\/code>/.exec(await report())!;
    const words = line!
      .replaceAll(/<[^>]+>/g, "")
      .replace(/^cassava /, "")
      .replace(/--out run$/, "--out again --quiet")
      .split(" ");
    const { code, stderr } = await cassava(folder.path, ...words);
    expect([code, stderr.includes("error")]).toEqual([0, false]);
    expect(await readFile(at("again/metrics.json"), "utf8")).toBe(await readFile(at("run/metrics.json"), "utf8"));
  });

  it("goes on without photographs where the data set has moved, and finds it where it is named", async () => {
    await rename(at("shards"), at("moved"));
    try {
      const { code, stderr } = await cassava(folder.path, "report", "run");
      expect(code).toBe(0);
      expect(stderr).toContain("the report has no photographs");
      expect(await report()).not.toContain("<img");
      expect((await cassava(folder.path, "report", "run", at("moved"))).code).toBe(0);
      expect(await report()).toContain("<img");
      const nowhere = await cassava(folder.path, "report", "run", "nowhere");
      expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining("nowhere")]);
    } finally {
      await rename(at("moved"), at("shards"));
    }
  });

  it("refuses what is no run, and one that was damaged", async () => {
    const missing = await cassava(folder.path, "report", "shards");
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("is no finished run")]);
    await cp(at("run"), at("damaged"), { recursive: true });
    await writeFile(at("damaged/timings.json"), "{");
    const damaged = await cassava(folder.path, "report", "damaged");
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining("timings.json is missing or damaged")]);
    await rm(at("damaged"), { recursive: true });
  });
});
