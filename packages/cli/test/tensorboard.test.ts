import { appendFile, cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";
import { readHistory } from "@cassava/metrics/diagnosis";
import { loadBackbone } from "@cassava/models";
import { findEventFiles, readEventFolder, tensorBoard } from "@cassava/report/node";
import { historyOfEvents } from "@cassava/report/tensorboard";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cassava, interruptible, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const run = (...args: string[]) => cassava(folder.path, ...args);
const NETWORK = ["--backbone", "resnet14", "--input-size", "32", "--head", "8", "--epochs", "3", "--force"];
const train = (out: string, ...more: string[]) => ["train", "shards", ...NETWORK, "--out", out, ...more];
const SCRATCH = ["--weights", "none"];

beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(at("shards"), { count: 100, seed: 3 }, { shards: 2 });
});
afterAll(() => folder.remove());

const KEYS = ["loss", "val_loss", "accuracy", "val_accuracy", "learning_rate"];
/** The history of a run's folder as an event file holds it: in float32. */
async function historyOf(name: string): Promise<Record<string, number>[]> {
  const rows = readHistory(await readFile(at(name, "history.csv"), "utf8"));
  return rows.map((row) => Object.fromEntries(KEYS.map((key) => [key, Math.fround(row[key]!)])));
}
const eventsOf = (...names: string[]) => historyOfEvents(readEventFolder(at(...names)));
/** A run that Ctrl-C stops when `text` is said. */
function stopAt(text: string, args: readonly string[]) {
  const controller = Object.assign(new AbortController(), {
    onError: (said: string) => said.includes(text) && controller.abort(new Error("stopped by Ctrl-C")),
  });
  return interruptible(folder.path, controller, ...args);
}

describe("train --tensorboard", () => {
  it("writes the epochs beside the run, where they can be watched, and the run is as without it", async () => {
    const { code, stderr } = await run(...train("runs/a", ...SCRATCH, "--tensorboard"));
    expect(code).toBe(0);
    expect(stderr).toContain(`to watch it: tensorboard --logdir ${at("runs", "a.tensorboard")}\n`);
    expect((await readdir(at("runs"))).sort()).toEqual(["a", "a.tensorboard"]);
    const files = await findEventFiles(at("runs", "a.tensorboard"));
    expect(files.map((file) => file.run)).toEqual(["train", "validation"]);
    expect(await eventsOf("runs", "a.tensorboard")).toEqual(await historyOf("runs/a"));

    expect((await run(...train("plain", ...SCRATCH))).code).toBe(0);
    for (const name of ["config.json", "history.csv", "metrics.json", "predictions.jsonl"]) {
      expect(await readFile(at("runs", "a", name), "utf8")).toBe(await readFile(at("plain", name), "utf8"));
    }
    const [log, events] = await Promise.all([
      run("diagnose", "runs/a/history.csv", "--json"),
      run("diagnose", "runs/a.tensorboard", "--json"),
    ]);
    const rules = ({ stdout }: typeof log) => JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule);
    expect([events.code, rules(events)]).toEqual([0, rules(log)]);
  });

  it("goes on beside the older files with --resume, to which it is no other setting", async () => {
    const stopped = await stopAt("epoch 2/3", train("cut", ...SCRATCH));
    expect(stopped.stderr).toMatch(/cut\.unfinished/);
    await rename(at("cut.unfinished"), at("saved"));
    for (const way of ["first", "second"]) {
      await cp(at("saved"), at("cut.unfinished"), { recursive: true });
      const { code } = await run(...train("cut", ...SCRATCH, "--resume", "--tensorboard", "logs"));
      expect(code).toBe(0);
      await rename(at("cut"), at(`cut-${way}`));
    }
    expect((await findEventFiles(at("logs"))).map((file) => file.run)).toEqual([
      ...["train", "train"],
      ...["validation", "validation"],
    ]);
    expect(await eventsOf("logs")).toEqual((await historyOf("cut-second")).slice(2));

    const watched = await stopAt("epoch 2/3", train("cut", ...SCRATCH, "--tensorboard"));
    expect(watched.stderr).toMatch(/cut\.unfinished/);
    expect((await eventsOf("cut.tensorboard")).length).toBe(2);
    expect((await run(...train("cut", ...SCRATCH, "--tensorboard", "--resume"))).code).toBe(0);
    expect(await eventsOf("cut.tensorboard")).toEqual(await historyOf("cut"));
  });

  it("counts the epochs of all stages, also where a finished one is not trained again", async () => {
    const { weights } = await loadBackbone("resnet14", { weights: "none", seed: 4 });
    const entries = [...weights].map(([name, { shape }]) => ({ name, shape, dtype: "float32" }));
    const manifest = { weightsManifest: [{ paths: ["shard.bin"], weights: entries }] };
    await writeFile(at("weights.json"), JSON.stringify(manifest));
    const shards = [...weights.values()].map(({ data }) => new Uint8Array(data.buffer));
    await writeFile(at("shard.bin"), Buffer.concat(shards));
    const staged = ["--weights", "weights.json", "--fine-tune", "1", "--fine-tune-epochs", "2", "--tensorboard"];
    await stopAt("stage 2 of 2", train("staged", ...staged));
    expect((await eventsOf("staged.tensorboard")).length).toBe(3);
    expect((await run(...train("staged", ...staged, "--resume"))).code).toBe(0);
    expect(await eventsOf("staged.tensorboard")).toEqual(await historyOf("staged"));
    expect((await historyOf("staged")).length).toBe(5);
  });

  it.each([
    ["the events of another run", "b", "logs", /logs holds the events of another run: remove it/],
    ["a folder in the run", "b", "b/tb", /--tensorboard: .*tb lies in .*b, which is made or removed when the run ends/],
    ["the folder of what is unfinished", "b", "b.unfinished", /lies in .*b\.unfinished/],
  ])("refuses %s, and leaves nothing behind", async (_, out, events, message) => {
    const before = await readdir(folder.path);
    const { code, stderr } = await run(...train(out, ...SCRATCH, "--tensorboard", events));
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(await readdir(folder.path)).toEqual(before);
  });
});

describe("diagnose EVENTS", () => {
  const weights = { weights: [] } as never;
  async function plateau(name: string): Promise<void> {
    const callback = tensorBoard({ folder: at(name) });
    for (let epoch = 0; epoch < 20; epoch++) {
      const logs = { loss: 1.25, val_loss: 1.25, val_accuracy: epoch < 2 ? 0.55 : 0.6 };
      await callback.onEpochEnd({ epoch, logs, run: weights });
    }
    await callback.onRunEnd();
  }
  const CLASSES = ["--classes", "1087,2189,2386,13158,2577"];

  it("finds in a folder, in the parent of one, and in a file what it finds in a log", async () => {
    await plateau("keras");
    await mkdir(at("parent"));
    await cp(at("keras"), at("parent", "run"), { recursive: true });
    for (const path of ["keras", "parent"]) {
      const { code, stdout, stderr } = await run("diagnose", path, ...CLASSES, "--fail-on", "error");
      expect([code, stderr]).toEqual([2, ""]);
      expect(stdout).toMatch(/^Most likely: the pixels are not what the backbone was trained on\./);
    }
    const [file] = await findEventFiles(at("keras", "train"));
    const { code, stdout } = await run("diagnose", file!.file, ...CLASSES);
    expect([code, stdout]).toEqual([0, expect.not.stringContaining("Most likely: the pixels")]);
  });

  it("says that a file is not whole, and refuses one that is damaged, several runs, and experiments", async () => {
    await plateau("live");
    const [file] = await findEventFiles(at("live", "train"));
    await appendFile(file!.file, Uint8Array.of(1, 2, 3));
    const live = await run("diagnose", "live", ...CLASSES);
    expect([live.code, live.stderr]).toEqual([
      0,
      expect.stringMatching(/train\/events.*: record 21 is not whole, and is left out: the file is being written/),
    ]);
    const bytes = await readFile(file!.file);
    await mkdir(at("broken"));
    await writeFile(
      at("broken", "events.out.tfevents.1.h"),
      bytes.map((byte, i) => (i === 200 ? byte ^ 1 : byte)),
    );
    const broken = await run("diagnose", "broken");
    expect([broken.code, broken.stderr]).toEqual([
      1,
      expect.stringMatching(/^error: .*events\.out\.tfevents\.1\.h, record \d+, byte \d+: /),
    ]);
    const probed = await run("diagnose", "live", "--probe");
    expect(probed.stderr).toMatch(/--probe needs the folder of a run, and live is a log/);
    await cp(at("live"), at("parent", "other"), { recursive: true });
    const several = await run("diagnose", "parent");
    expect(several.stderr).toMatch(/^error: these are several runs \(other, run\): name the folder of one of them/m);
    expect((await run("diagnose", "nowhere")).stderr).toMatch(/nowhere is not there/);
    await mkdir(at("nothing"));
    expect((await run("diagnose", "nothing")).stderr).toMatch(/nothing is no finished run/);
  });
});
