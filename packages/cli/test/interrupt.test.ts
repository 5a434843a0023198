import { execFile, spawn } from "node:child_process";
import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { writeSyntheticShards } from "@cassava/data/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

// A process of its own, as a signal needs one. Node 20 runs no .ts file: jiti compiles the sources, the first time slowly.
const PATIENCE = 600_000;
const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));
let folder: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(join(folder.path, "my shards"), { count: 100, seed: 3 }, { shards: 2 });
});
afterAll(() => folder.remove());

/** Starts the command; `onError` sees all of stderr so far. */
function start(args: string[], onError: (text: string, interrupt: () => void) => void) {
  const node = ["--import", import.meta.resolve("jiti/register"), "--conditions", "@cassava/source", bin];
  const env = { ...process.env, CASSAVA_CACHE: join(folder.path, "cache") };
  const child = spawn(process.execPath, [...node, ...args], { cwd: folder.path, env });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    onError(stderr, () => child.kill("SIGINT"));
  });
  const ended = new Promise<{ code: number | null; signal: string | null; stderr: string }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stderr }));
  });
  return { ended, interrupt: () => child.kill("SIGINT") };
}

it("the first Ctrl-C saves, says the command that goes on, and ends with 130", { timeout: PATIENCE }, async () => {
  const network = ["--backbone", "resnet14", "--weights", "none", "--input-size", "32", "--head", "none"];
  let sent = false;
  const { ended } = start(["train", "my shards", ...network, "--epochs", "12", "--out", "cut"], (text, interrupt) => {
    if (sent || !text.includes("epoch  2/12")) return;
    sent = true;
    interrupt();
  });
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([130, expect.stringMatching(/^interrupted: .* once more ends at once$/m)]);
  expect((await readdir(folder.path)).filter((name) => name.includes("cut"))).toEqual(["cut.unfinished"]);

  const command = stderr.split("\n").find((line) => line.startsWith("cassava train"))!;
  expect(command).toBe(`cassava train 'my shards' ${network.join(" ")} --epochs 12 --out cut --resume`);
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  const resumed = await cassava(folder.path, ...words.slice(1));
  expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringMatching(/^resumed in epoch \d+/m)]);
  expect((await readdir(folder.path)).filter((name) => name.includes("cut"))).toEqual(["cut"]);
});

it("the second Ctrl-C ends at once, whatever goes on", { timeout: PATIENCE }, async () => {
  const pipe = join(folder.path, "pipe");
  await promisify(execFile)("mkfifo", [pipe]);
  let sent = false;
  // Reading a pipe into which nobody writes cannot be told to stop.
  const { ended, interrupt } = start(["diagnose", pipe], (text, again) => {
    if (sent || !text.includes("interrupted: ")) return;
    sent = true;
    again();
  });
  const writer = await open(pipe, "w");
  interrupt();
  const { code, signal } = await ended;
  await writer.close();
  expect([code, signal, sent]).toEqual([null, "SIGINT", true]);
});

it("tidies up after a run that was ended at once, not after one that goes on", async () => {
  const dead = spawn(process.execPath, ["--version"]);
  await new Promise((resolve) => dead.on("close", resolve));
  const [gone, alive] = [dead.pid, process.ppid].map((pid) => `.next.${pid}.partial`);
  for (const name of [gone!, alive!, ".nextest.1.partial"])
    await mkdir(join(folder.path, name, "model"), { recursive: true });
  const missing = await cassava(
    folder.path,
    "train",
    "nowhere",
    "--backbone",
    "resnet14",
    "--weights",
    "none",
    "--out",
    "next",
  );
  expect(missing.code).toBe(1);
  const left = (await readdir(folder.path)).filter((name) => name.endsWith(".partial"));
  expect(left.sort()).toEqual([alive, ".nextest.1.partial"].sort());
});
