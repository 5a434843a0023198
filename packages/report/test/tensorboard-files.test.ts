import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Callback, TrainingRun } from "@cassava/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type FileValue,
  findEventFiles,
  openEventWriter,
  readEventFile,
  readEventFolder,
  tensorBoard,
} from "../src/node.ts";
import { type CutRecord, historyOfEvents, type SummaryValue } from "../src/tensorboard.ts";

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cassava-report-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function collect(values: AsyncIterable<FileValue>): Promise<FileValue[]> {
  const all: FileValue[] = [];
  for await (const value of values) all.push(value);
  return all;
}
const scalar = (value: number, tag = "loss"): SummaryValue => ({ kind: "scalar", tag, value });

describe("a writer", () => {
  it("names its file as TensorFlow does, another one each time, and leaves older files as they are", async () => {
    const first = await openEventWriter(at("deep", "run"));
    await first.write(0, [scalar(1)]);
    await first.close();
    const before = await readFile(first.file);
    const others = await Promise.all([
      openEventWriter(at("deep", "run")),
      openEventWriter(at("deep", "run"), { suffix: ".x" }),
    ]);
    for (const writer of others) await writer.close();
    const names = (await readdir(at("deep", "run"))).sort();
    expect(names.length).toBe(3);
    for (const name of names) expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.[^/]+\.\d+\.\d+(\.v2|\.x)$/);
    expect((await readFile(first.file)).equals(before)).toBe(true);
  });

  it("lets every record be seen at once, in the order of the calls, with their times", async () => {
    const writer = await openEventWriter(folder);
    const seen = async () => (await collect(readEventFile(writer.file))).map(({ step }) => step);
    expect(await seen()).toEqual([]);
    await writer.write(3, [scalar(1)]);
    expect(await seen()).toEqual([3]);
    await Promise.all(Array.from({ length: 50 }, (_, i) => writer.write(i, [scalar(i)], { wallTime: i / 3 })));
    await writer.flush();
    expect(await seen()).toEqual([3, ...Array.from({ length: 50 }, (_, i) => i)]);
    expect((await collect(readEventFile(writer.file))).at(-1)).toMatchObject({ wallTime: 49 / 3, value: 49, run: "." });
    await writer.close();
    await writer.close();
    await expect(writer.write(4, [])).rejects.toMatchObject({ code: "WRITE_FAILED", file: writer.file });
  });

  it("goes on after a value that it refuses, of which nothing is written", async () => {
    const writer = await openEventWriter(folder);
    await expect(writer.write(2n ** 53n, [scalar(1)])).rejects.toMatchObject({ code: "INPUT_INVALID" });
    await writer.write(1n, [scalar(2)]);
    await writer.close();
    expect(await collect(readEventFile(writer.file))).toMatchObject([{ step: 1, value: 2 }]);
  });

  it("names the file where its folder cannot be made", async () => {
    await writeFile(at("taken"), "");
    const failed = { code: "WRITE_FAILED", message: expect.stringMatching(/taken.*cannot be written/) };
    await expect(openEventWriter(at("taken"))).rejects.toMatchObject(failed);
  });
});

describe("a folder", () => {
  it("is read run by run, files in the order in which they were begun, and cut records are reported", async () => {
    const writer = await openEventWriter(at("made"));
    await writer.write(1, [scalar(1)]);
    await writer.close();
    const names = [
      "train/events.out.tfevents.99.h.1.10.v2",
      "train/events.out.tfevents.99.h.1.9.v2",
      "train/events.out.tfevents.100.h.1.0.v2",
    ];
    for (const name of ["events.out.tfevents.5.h", "validation/events.out.tfevents.1.h", ...names]) {
      await mkdir(join(at("all", name), ".."), { recursive: true });
      await copyFile(writer.file, at("all", name));
    }
    await writeFile(at("all", "train", "notes.txt"), "no events");
    await appendFile(at("all", names[1]!), "cut");
    const cuts: CutRecord[] = [];
    const values = await collect(readEventFolder(at("all"), { onCut: (cut) => cuts.push(cut) }));
    expect(values.map(({ run, file }) => `${run} ${file.slice(at("all").length + 1)}`)).toEqual([
      ". events.out.tfevents.5.h",
      `train ${names[1]}`,
      `train ${names[0]}`,
      `train ${names[2]}`,
      "validation validation/events.out.tfevents.1.h",
    ]);
    expect(cuts).toMatchObject([{ file: at("all", names[1]!), record: 2 }]);
    expect(await findEventFiles(at("all", "train"))).toMatchObject([{ run: "." }, { run: "." }, { run: "." }]);
  });

  it("without event files, or that is none, is refused; so is a file that is not there", async () => {
    const missing = { name: "ReportError", code: "EVENTS_MISSING", message: expect.stringContaining(folder) };
    await expect(collect(readEventFolder(folder))).rejects.toMatchObject(missing);
    await expect(collect(readEventFolder(at("nowhere")))).rejects.toMatchObject(missing);
    await expect(collect(readEventFile(at("nowhere")))).rejects.toMatchObject(missing);
  });
});

describe("the callback", () => {
  const weight = (name: string, values: number[]) => ({
    name,
    variable: { data: async () => Float32Array.from(values) },
  });
  /** Less than a run of `fit` has, and all that the callback asks for. */
  const run = { weights: [weight("head/kernel:0", [1, 2, 3]), weight("head/bias", [0])] } as unknown as TrainingRun;
  const logs = (loss: number) => ({ loss, accuracy: 0.5, learning_rate: 0.25, val_loss: loss + 1, val_accuracy: 0.75 });
  const rows = async (from: string) =>
    (await collect(readEventFolder(from))).map((value) => {
      const found =
        value.kind === "scalar" ? value.value : value.kind === "histogram" ? value.buckets.at(-1) : value.kind;
      return [value.run, value.kind === "other" ? "" : value.tag, value.step, found];
    });

  it("writes epochs as Keras's does, histograms every few of them, and files with the first epoch only", async () => {
    const callback: Callback = tensorBoard({ folder: at("tb"), histograms: 2 });
    expect(await readdir(folder)).toEqual([]);
    for (const epoch of [0, 1]) expect(await callback.onEpochEnd?.({ epoch, logs: logs(epoch), run })).toBe(undefined);
    await callback.onRunEnd?.(run);
    const train = (epoch: number) => [
      ["train", "epoch_loss", epoch, epoch],
      ["train", "epoch_accuracy", epoch, 0.5],
      ["train", "epoch_learning_rate", epoch, 0.25],
    ];
    const validation = (epoch: number) => [
      ["validation", "epoch_loss", epoch, epoch + 1],
      ["validation", "epoch_accuracy", epoch, 0.75],
    ];
    expect(await rows(at("tb"))).toEqual([
      ...train(0),
      ["train", "head/kernel_0/histogram", 0, { left: 1 + (2 / 30) * 29, right: 3, count: 1 }],
      ["train", "head/bias/histogram", 0, { left: 0, right: 0, count: 1 }],
      ...train(1),
      ...validation(0),
      ...validation(1),
    ]);
    expect(await historyOfEvents(readEventFolder(at("tb")))).toEqual([logs(0), logs(1)]);
  });

  it("of a resumed run goes on beside the older files, and where its first step is another", async () => {
    const epochs = async (callback: Callback, from: number, to: number) => {
      for (let epoch = from; epoch < to; epoch++) await callback.onEpochEnd?.({ epoch, logs: { loss: epoch }, run });
      await callback.onRunEnd?.(run);
    };
    await epochs(tensorBoard({ folder }), 0, 3);
    await epochs(tensorBoard({ folder }), 2, 5);
    await epochs(tensorBoard({ folder, firstStep: () => 5 }), 0, 2);
    expect((await findEventFiles(folder)).map((found) => found.run)).toEqual(["train", "train", "train"]);
    const losses = (await historyOfEvents(readEventFolder(folder))).map(({ loss }) => loss);
    expect(losses).toEqual([0, 1, 2, 3, 4, 0, 1]);
  });

  it("refuses half an epoch between histograms", () => {
    expect(() => tensorBoard({ folder, histograms: 0.5 })).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });
});
