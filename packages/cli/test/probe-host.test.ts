import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSplit } from "@cassava/data";
import { openDataset, writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, describe, it } from "vitest";
import { probeHostContract } from "../../contracts/test/probe-contract.ts";
import { probeHost } from "../src/run/probe-host.ts";
import { readRunFile } from "../src/run/run-folder.ts";
import type { RunConfig } from "../src/run/settings.ts";
import { createOutput } from "../src/terminal/output.ts";
import { cassava, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let dataset: Awaited<ReturnType<typeof openDataset>>;
let host: Awaited<ReturnType<typeof probeHost>>;

beforeAll(async () => {
  folder = await scratchFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  await writeSyntheticShards(at("shards"), { count: 120, seed: 3 }, { shards: 2 });
  const network = ["--backbone", "resnet14", "--weights", "none", "--input-size", "32", "--head", "16"];
  const training = ["--epochs", "2", "--ratios", "70/30", "--out", "run"];
  const { code, stderr } = await cassava(folder.path, "train", "shards", ...network, ...training);
  if (code !== 0) throw new Error(stderr);
  const config = await readRunFile<RunConfig>(at("run"), "config.json");
  const file = at("run", "split.json");
  const split = parseSplit(await readFile(file, "utf8"), { file });
  dataset = await openDataset(config.settings.dataset);
  const streams = { stdout: { write: () => true }, stderr: { write: () => true }, env: {} };
  const output = createOutput({ quiet: true }, streams);
  const context = { ...streams, cwd: folder.path, signal: new AbortController().signal, output };
  host = await probeHost({ run: at("run"), config, split, dataset, frozenEngine: undefined }, context);
});
afterAll(async () => {
  host.dispose();
  await dataset.close();
  await folder.remove();
});

describe("ProbeHost: a run of the command line, trained from scratch", () => {
  it.each(probeHostContract)("$name", ({ run }) => run(host));
});
