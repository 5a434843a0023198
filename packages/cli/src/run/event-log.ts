import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { History } from "@cassava/metrics/diagnosis";
import { findEventFiles, isEventFile, readEventFile, readEventFolder } from "@cassava/report/node";
import { historyOfEvents } from "@cassava/report/tensorboard";
import { CliError } from "../errors.ts";
import type { Output } from "../terminal/output.ts";

/** Where `--tensorboard` of a run writes: its folder, or beside the run, which has another name until it is whole. */
export function eventFolder(asked: string | boolean | undefined, out: string, cwd: string): string | undefined {
  if (asked === undefined || asked === false) return undefined;
  const folder = asked === true ? `${out}.tensorboard` : resolve(cwd, asked);
  for (const taken of [out, `${out}.unfinished`]) {
    const way = relative(taken, folder);
    if (way !== "" && (way === ".." || way.startsWith(`..${sep}`) || resolve(way) === way)) continue;
    const message = `--tensorboard: ${folder} lies in ${taken}, which is made or removed when the run ends: name a folder beside it`;
    throw new CliError("OPTION_INVALID", message);
  }
  return folder;
}

/** Refuses a folder that holds the events of another run: TensorBoard would show both as one. Throws CliError `RUN_EXISTS`. */
export async function refuseEvents(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const others = await findEventFiles(folder);
  if (!others.some(({ run }) => [".", "train", "validation"].includes(run))) return;
  const message = `${folder} holds the events of another run: remove it, or name another folder with --tensorboard`;
  throw new CliError("RUN_EXISTS", message);
}

/** Whether a path is an event file of TensorBoard, or a folder with some in it that is no run of ours. */
export async function hasEvents(path: string): Promise<boolean> {
  if (!(await stat(path)).isDirectory()) return isEventFile(path);
  return !existsSync(join(path, "config.json")) && (await findEventFiles(path)).length > 0;
}

/** The log of a run from its event file or files. Says where one is not whole. Throws ReportError. */
export async function readEventHistory(path: string, output: Output): Promise<History> {
  const onCut = ({ file, record }: { readonly file: string | undefined; readonly record: number }) =>
    output.info(
      `${file}: record ${record} is not whole, and is left out: the file is being written, or its writer was stopped`,
    );
  const isFolder = (await stat(path)).isDirectory();
  return historyOfEvents(isFolder ? readEventFolder(path, { onCut }) : readEventFile(path, { onCut }));
}
