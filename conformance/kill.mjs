// The kill test: `cassava train`, as built, killed with SIGKILL at random moments and resumed each time, ends with the bytes
// of an undisturbed run, and never leaves a checkpoint that does not load. Minutes long: `all` leaves it out.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSyntheticShards } from "@cassava/data/node";

export const slow = true;

const KILLS = 30;

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ root, work, check }) => {
  const shards = join(work, "shards");
  await writeSyntheticShards(shards, { count: 200, seed: 3 }, { shards: 2 });
  const network = ["--backbone", "resnet14", "--weights", "none", "--input-size", "32", "--head", "16"];
  const training = ["--epochs", "6", "--optimizer", "adamW", "--schedule", "cosine", "--quiet"];
  const bin = join(root, "packages/cli/dist/bin.js");

  /** Runs to the end, or for so many milliseconds. */
  const train = (out, ms) =>
    new Promise((resolve) => {
      const args = [bin, "train", shards, ...network, ...training, "--out", join(work, out), "--resume"];
      const child = spawn(process.execPath, args, { env: { ...process.env, CASSAVA_CACHE: join(work, "cache") } });
      let errors = "";
      child.stderr.on("data", (text) => {
        errors += text;
      });
      const timer = ms === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), ms);
      child.on("exit", (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, errors });
      });
    });
  const resultOf = async (run) => {
    const folder = join(work, run);
    const model = (await readdir(join(folder, "model"))).map((name) => join("model", name));
    const hash = createHash("sha256");
    for (const name of ["metrics.json", "history.csv", ...model.sort()])
      hash.update(await readFile(join(folder, name)));
    return hash.digest("hex");
  };

  const started = Date.now();
  const whole = await train("whole");
  if (whole.code !== 0) throw new Error(whole.errors);
  const span = Date.now() - started;
  const undisturbed = await resultOf("whole");
  let seed = 17;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };

  let kills = 0;
  let runs = 0;
  while (kills < KILLS) {
    const run = `killed-${++runs}`;
    const before = kills;
    await check(`run ${runs}, killed again and again and resumed, ends with the undisturbed bytes`, async () => {
      for (;;) {
        // Anywhere in the run, most of it training: what was trained before shortens the next attempt.
        const { code, signal, errors } = await train(run, kills < KILLS ? span * (0.2 + 0.9 * random()) : undefined);
        // Killed after the run had got its name, there is nothing to go on with: it must be whole.
        if (code === 0 || errors.includes("is finished, there is nothing to resume")) break;
        if (signal !== "SIGKILL") throw new Error(`it ended with ${code}: ${errors.trim()}`);
        kills++;
      }
      if ((await resultOf(run)) !== undisturbed) throw new Error("other bytes");
      if (existsSync(join(work, `${run}.unfinished`))) throw new Error("checkpoints of the finished run were left");
      console.log(`    ${kills - before} kills, ${kills} in all`);
    });
  }
};
