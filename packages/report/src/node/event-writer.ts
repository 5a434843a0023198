import { type FileHandle, mkdir, open } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { frameRecord } from "@cassava/tfrecord";
import { ReportError } from "../errors.ts";
import { encodeEvent, FILE_VERSION, type TensorBoardEvent } from "../tensorboard/event.ts";
import type { SummaryValue } from "../tensorboard/summary.ts";

/** Options of {@link openEventWriter}. */
export interface OpenEventWriterOptions {
  /** End of the file's name; default `.v2`, as TensorFlow 2 has it. */
  readonly suffix?: string;
}

/** An event file that grows. */
export interface EventWriter {
  /** Path of the file. */
  readonly file: string;
  /**
   * Appends one event; when it resolves, a TensorBoard that watches the folder can see it. Calls may overlap: they are written in order.
   *
   * @param step a whole number, such as the epoch from 0
   * @throws {ReportError} `INPUT_INVALID`: nothing was written; `WRITE_FAILED`
   */
  write(
    step: number | bigint,
    values: readonly SummaryValue[],
    options?: {
      /** Seconds since 1970; default: now. */
      readonly wallTime?: number;
    },
  ): Promise<void>;
  /** Resolves when all that was written is on the disk itself. */
  flush(): Promise<void>;
  /** Closes the file after what was written; a second call does nothing. */
  close(): Promise<void>;
}

/** Files of this process, so that two of the same second have different names. */
let opened = 0;

/**
 * Makes a new event file in a folder, which is made where it is missing: `events.out.tfevents.<seconds>.<host>.<process>.<n>.v2`, as
 * TensorFlow names it. Files that lie there already stay as they are: TensorBoard shows all of a folder as one run.
 *
 * @throws {ReportError} `WRITE_FAILED`
 */
export async function openEventWriter(
  folder: string,
  { suffix = ".v2" }: OpenEventWriterOptions = {},
): Promise<EventWriter> {
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, "0");
  const host = hostname().replaceAll(/[/\\:]/g, "_");
  const file = join(folder, `events.out.tfevents.${seconds}.${host}.${process.pid}.${opened++}${suffix}`);
  let handle: FileHandle;
  try {
    await mkdir(folder, { recursive: true });
    // Never into a file of somebody else.
    handle = await open(file, "ax");
  } catch (cause) {
    throw failed(file, cause);
  }
  const append = appender(handle, file);
  const put = (event: TensorBoardEvent) => append(frameRecord(encodeEvent(event)));
  let closed: Promise<void> | undefined;
  const writer: EventWriter = {
    file,
    async write(step, values, { wallTime = Date.now() / 1000 } = {}) {
      if (closed !== undefined) throw new ReportError("WRITE_FAILED", `${file} was closed`, { file });
      await put({ step, values, wallTime });
    },
    async flush() {
      await append();
      await handle.datasync().catch((cause: unknown) => Promise.reject(failed(file, cause)));
    },
    close() {
      closed ??= append().then(
        () => handle.close(),
        () => handle.close(),
      );
      return closed;
    },
  };
  try {
    const wallTime = Date.now() / 1000;
    await put({ step: 0, wallTime, fileVersion: FILE_VERSION, writer: "@cassava/report" });
  } catch (error) {
    await writer.close();
    throw error;
  }
  return writer;
}

/** Appends records one after the other; without one it waits for those before. A part of a record must not stay before others. */
function appender(handle: FileHandle, file: string): (record?: Uint8Array) => Promise<void> {
  let length = 0;
  let tail: Promise<void> = Promise.resolve();
  async function write(record: Uint8Array): Promise<void> {
    try {
      await handle.appendFile(record);
      length += record.length;
    } catch (cause) {
      await handle.truncate(length).catch(() => undefined);
      throw failed(file, cause);
    }
  }
  return (record) => {
    if (record === undefined) return tail;
    const written = tail.then(() => write(record));
    tail = written.catch(() => undefined);
    return written;
  };
}

function failed(file: string, cause: unknown): ReportError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ReportError("WRITE_FAILED", `${file} cannot be written (${reason}): check the folder and the space`, {
    file,
    cause,
  });
}
