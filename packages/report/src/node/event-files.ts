import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isTFRecordError } from "@cassava/tfrecord";
import { openFile, type TFRecordFile } from "@cassava/tfrecord/node";
import { ReportError } from "../errors.ts";
import { type ReadEventsOptions, type RecordedValue, readSummaries } from "../tensorboard/read-events.ts";

/** A value, and the file that it was read from. */
export type FileValue = RecordedValue & {
  readonly file: string;
  /** The file's folder, from the folder that was read, with slashes: `train`, `validation`; `.` for that folder itself. */
  readonly run: string;
};

/** One event file of a folder. */
export interface EventFile {
  /** Its path. */
  readonly file: string;
  /** As of {@link FileValue}. */
  readonly run: string;
}

/** Whether a file is an event file by its name, as TensorBoard decides it. */
export function isEventFile(path: string): boolean {
  return (path.split(/[/\\]/).at(-1) ?? "").includes("tfevents");
}

/**
 * The event files of a folder and its subfolders: run by run in order of their names, in a run in the order in which they were begun.
 *
 * @throws {ReportError} `EVENTS_MISSING` where the folder cannot be read; not where it holds none
 */
export async function findEventFiles(folder: string): Promise<EventFile[]> {
  const found: EventFile[] = [];
  async function look(run: string): Promise<void> {
    const path = run === "." ? folder : join(folder, run);
    const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ReportError("EVENTS_MISSING", `${path} is no folder that can be read (${reason})`, {
        file: path,
        cause,
      });
    });
    const files = entries.filter((entry) => !entry.isDirectory() && isEventFile(entry.name));
    const names = files.map(({ name }) => name).sort(compareNames);
    found.push(...names.map((name) => ({ file: join(path, name), run })));
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    for (const name of folders.sort(compareNames)) await look(run === "." ? name : `${run}/${name}`);
  }
  await look(".");
  return found;
}

/** Numbers in names count as numbers: the tenth file of a process comes after the ninth. */
function compareNames(a: string, b: string): number {
  const [mine, theirs] = [a, b].map((name) => name.split(/(\d+)/));
  for (let i = 0; i < Math.min(mine!.length, theirs!.length); i++) {
    const [x, y] = [mine![i]!, theirs![i]!];
    if (x === y) continue;
    const difference = Number(x) - Number(y);
    return i % 2 === 1 && difference !== 0 ? difference : x < y ? -1 : 1;
  }
  return mine!.length - theirs!.length;
}

/**
 * Reads the values of one event file, in order.
 *
 * @throws {ReportError} `EVENTS_MISSING`, `EVENTS_INVALID`
 */
export async function* readEventFile(
  file: string,
  options: ReadEventsOptions = {},
): AsyncGenerator<FileValue, void, undefined> {
  for await (const value of readSummaries(opened(file), options)) yield { ...value, file, run: "." };
}

/**
 * Reads the values of all event files of a folder and its subfolders, as {@link findEventFiles} orders them.
 *
 * @throws {ReportError} `EVENTS_MISSING`, also where there is no event file; `EVENTS_INVALID`
 */
export async function* readEventFolder(
  folder: string,
  options: Omit<ReadEventsOptions, "file"> = {},
): AsyncGenerator<FileValue, void, undefined> {
  const files = await findEventFiles(folder);
  if (files.length === 0) {
    throw new ReportError("EVENTS_MISSING", `${folder} holds no event file (events.out.tfevents…)`, { file: folder });
  }
  for (const { file, run } of files) {
    for await (const value of readSummaries(opened(file), options)) yield { ...value, file, run };
  }
}

function opened(file: string): TFRecordFile {
  try {
    return openFile(file);
  } catch (cause) {
    if (!isTFRecordError(cause)) throw cause;
    throw new ReportError("EVENTS_MISSING", cause.message, { file, cause });
  }
}
