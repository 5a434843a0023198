import { rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Store } from "@cassava/contracts";
import { folderStore } from "@cassava/data/node";
import { CHECKPOINT } from "@cassava/train";
import type { ActionContext } from "../context.ts";
import { CliError, isForeseen } from "../errors.ts";
import type { Output } from "../terminal/output.ts";
import { shellWord } from "../terminal/shell.ts";
import { readRunFile } from "./run-folder.ts";
import type { RunConfig, TrainSettings } from "./settings.ts";

const SETTINGS = "settings.json";
/** Errors after which there is nothing to go on from. */
const ENDED = ["DIVERGED", "OUTPUT_FAILED"];

/** Where a run leaves its checkpoints until it is finished: the folder `OUT.unfinished` beside it. */
export interface Unfinished {
  readonly store: Store;
  /** Whether the run goes on from what is there. */
  readonly resume: boolean;
  /** What the run is about, beside its settings: another split, labels or data must not go on from here. */
  readonly identity: unknown;
  /** After an error: says with which command to go on, where there is something to go on from; otherwise tidies up. */
  failed(error: unknown, context: Pick<ActionContext, "output" | "args">): Promise<void>;
  /** Removes the folder: the run is whole. */
  finished(): Promise<void>;
}

/**
 * Looks for what an earlier run with the same `--out` left behind.
 *
 * @throws {CliError} `RUN_EXISTS` where there is an unfinished run and it was not asked for; `OPTION_INVALID` where it had
 *   other settings
 */
export async function openUnfinished(
  out: string,
  settings: TrainSettings,
  { asked, identity }: { readonly asked: boolean; readonly identity: unknown },
  output: Output,
): Promise<Unfinished> {
  const folder = `${out}.unfinished`;
  const store = folderStore(folder);
  const saved = await store.get(SETTINGS);
  const there = saved !== undefined && (await hasCheckpoint(store));
  if (there && !asked) {
    const message = `${folder} holds an unfinished run: add --resume to go on with it, or remove that folder`;
    throw new CliError("RUN_EXISTS", message);
  }
  if (there) refuseOthers(settings, JSON.parse(new TextDecoder().decode(saved)) as TrainSettings, folder);
  else {
    if (asked) output.info(`there is no unfinished run in ${folder}: starting from the beginning`);
    await store.put(SETTINGS, new TextEncoder().encode(`${JSON.stringify(settings, null, 2)}\n`));
  }
  const remove = () => rm(folder, { recursive: true, force: true });
  return {
    store,
    resume: there,
    identity,
    async failed(error, { output, args = [] }) {
      const code = isForeseen(error) ? error.code : "";
      // The message of one says what to do; another came to its end in vain; a third is whole, under another name.
      if (code === "CHECKPOINT_INVALID") return;
      if (!(await hasCheckpoint(store)) || ENDED.includes(code)) {
        await remove();
        return;
      }
      output.warn(`what was trained is in ${folder}; to go on from there:\n${resumingCommand(args)}`);
    },
    finished: remove,
  };
}

/**
 * Refuses to go on with a run that is whole; what it left where it was ended between getting its name and tidying up goes.
 *
 * @throws {CliError} `RUN_EXISTS`
 */
export async function refuseFinished(out: string): Promise<void> {
  const config = await readRunFile<RunConfig>(out, "config.json").catch(() => undefined);
  if (config === undefined) return;
  const folder = `${out}.unfinished`;
  const saved = await folderStore(folder).get(SETTINGS);
  if (saved !== undefined && isDeepStrictEqual(JSON.parse(new TextDecoder().decode(saved)), config.settings))
    await rm(folder, { recursive: true, force: true });
  throw new CliError(
    "RUN_EXISTS",
    `${out} is finished, there is nothing to resume: choose another --out for a new run`,
  );
}

/** The command line that goes on with what this one began, as a shell takes it; in words where `args` are unknown. */
export function resumingCommand(args: readonly string[]): string {
  if (args.length === 0) return "the same command with --resume";
  const all = args.includes("--resume") ? args : [...args, "--resume"];
  return ["cassava", ...all.map(shellWord)].join(" ");
}

/** Of the whole run, or of a stage of it. */
async function hasCheckpoint(store: Store): Promise<boolean> {
  for await (const key of store.keys()) if (key === CHECKPOINT || key.endsWith(`/${CHECKPOINT}`)) return true;
  return false;
}

function refuseOthers(settings: TrainSettings, saved: TrainSettings, folder: string): void {
  const keys = Object.keys({ ...settings, ...saved }) as (keyof TrainSettings)[];
  const changed = keys.filter((key) => !isDeepStrictEqual(settings[key], saved[key]));
  if (changed.length === 0) return;
  const [key] = changed;
  const values = `${JSON.stringify(saved[key!])}, now ${JSON.stringify(settings[key!])}`;
  const message = `--resume: the run in ${folder} had other settings (${changed.join(", ")}; ${key} was ${values}): repeat them, or remove that folder`;
  throw new CliError("OPTION_INVALID", message);
}
