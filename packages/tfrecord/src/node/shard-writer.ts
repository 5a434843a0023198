import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { TFRecordError } from "../errors.ts";
import { OVERHEAD_BYTES } from "../framing.ts";
import { frameRecord } from "../write-records.ts";
import { reasonOf } from "./atomic-file.ts";
import { type BufferedFile, createBufferedFile } from "./buffered-file.ts";
import { indexPath, saveIndex } from "./index-files.ts";
import { indexOf, verifyRecords, type WrittenFile } from "./write-records-file.ts";

export interface ShardWriterOptions {
  /** Created where it does not exist. */
  readonly folder: string;
  /** First part of each name: `ld_train` gives `ld_train00-1338.tfrec`. */
  readonly prefix: string;
  /** Deal the records to so many files in turn, all open at once; their sizes differ by one record at most. */
  readonly shards?: number;
  /** Begin a new file after so many records. */
  readonly recordsPerShard?: number;
  /** Begin a new file before one would exceed so many bytes; a larger record gets a file of its own. */
  readonly maxBytes?: number;
  /** Replace the shards of this prefix that the folder already has, once the new ones are complete. Default false. */
  readonly overwrite?: boolean;
  /** `close` reads every file again before it gets its name, and compares every checksum. Default true. */
  readonly verify?: boolean;
  /** Write the record index beside each file (`indexPath`), in a format of `saveIndex`. Default `none`. */
  readonly index?: "none" | "json" | "text";
}

/** A written file. */
export interface Shard extends WrittenFile {}

/** Writes records into shards. Await each call before the next. After an error nothing is left of the run. */
export interface ShardWriter {
  /** Appends a record. */
  write(data: Uint8Array): Promise<void>;
  /** Finishes the files under their final names, in order. Without any record there is no file. */
  close(): Promise<Shard[]>;
  /** Removes everything that was written. No effect after `close`. */
  abort(): Promise<void>;
}

interface OpenShard {
  readonly file: BufferedFile;
  /** Bytes of data of each record. */
  readonly lengths: number[];
  byteLength: number;
}

/**
 * A writer of files named as Kaggle names them: prefix, number of the shard (two digits, or more where needed), `-`,
 * number of records, `.tfrec`. The count is known at the end, so files are written under temporary names in the same
 * folder and renamed by `close`.
 *
 * @throws TFRecordError INVALID_ARGUMENT; WRITE_FAILED, also where shards of that prefix exist and `overwrite` is not set
 */
export function createShardWriter(options: ShardWriterOptions): ShardWriter {
  checkOptions(options);
  const {
    folder,
    prefix,
    shards,
    recordsPerShard = Number.POSITIVE_INFINITY,
    maxBytes = Number.POSITIVE_INFINITY,
    verify = true,
    index = "none",
  } = options;
  const old = prepareFolder(options);
  const run = randomUUID().slice(0, 8);
  const opened: OpenShard[] = [];
  let written = 0;
  let finished = false;

  function shardFor(size: number): OpenShard {
    if (shards !== undefined) {
      const turn = written % shards;
      return opened[turn] ?? addShard();
    }
    const last = opened.at(-1);
    const full = last === undefined || last.lengths.length >= recordsPerShard || last.byteLength + size > maxBytes;
    return full ? addShard() : last;
  }

  function addShard(): OpenShard {
    const path = join(folder, `.${prefix}-${run}-${opened.length}.tmp`);
    const shard: OpenShard = { file: createBufferedFile(path), lengths: [], byteLength: 0 };
    opened.push(shard);
    return shard;
  }

  async function abort(): Promise<void> {
    finished = true;
    for (const { file } of opened) await file.remove();
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (finished)
      throw new TFRecordError("WRITE_FAILED", "the shard writer is closed; create another", { file: folder });
    try {
      return await work();
    } catch (cause) {
      await abort();
      const problem = `the shards could not be written (${reasonOf(cause)}); nothing was kept`;
      throw new TFRecordError("WRITE_FAILED", problem, { file: folder, cause });
    }
  }

  return {
    write: (data) =>
      guarded(async () => {
        const size = data.length + OVERHEAD_BYTES;
        const previous = opened.at(-1);
        const shard = shardFor(size);
        if (shards === undefined && previous !== undefined && previous !== shard) await previous.file.finish();
        await shard.file.write(frameRecord(data));
        shard.lengths.push(data.length);
        shard.byteLength += size;
        written++;
      }),
    close: () =>
      guarded(async () => {
        for (const { file, lengths } of opened) {
          await file.finish();
          if (verify) await verifyRecords(file.path, lengths, file.path);
        }
        const done = await nameShards(opened, folder, prefix, index);
        finished = true;
        await removeOld(old, done, index);
        return done;
      }),
    abort: async () => {
      if (!finished) await abort();
    },
  };
}

/** Gives the files their names, and each its index; all of them or none. */
async function nameShards(
  opened: readonly OpenShard[],
  folder: string,
  prefix: string,
  index: "none" | "json" | "text",
): Promise<Shard[]> {
  const digits = Math.max(2, String(opened.length - 1).length);
  const done: Shard[] = [];
  try {
    for (const [i, { file, lengths, byteLength }] of opened.entries()) {
      const path = join(folder, `${prefix}${String(i).padStart(digits, "0")}-${lengths.length}.tfrec`);
      await rename(file.path, path);
      done.push({ path, records: lengths.length, byteLength });
      if (index !== "none") await saveIndex(indexPath(path, index), indexOf(lengths), { format: index });
    }
    return done;
  } catch (error) {
    for (const { path } of done) {
      await rm(path, { force: true });
      if (index !== "none") await rm(indexPath(path, index), { force: true });
    }
    throw error;
  }
}

/** Removes the shards that were replaced, and indexes that no longer describe a file. */
async function removeOld(
  old: readonly string[],
  done: readonly Shard[],
  index: "none" | "json" | "text",
): Promise<void> {
  const kept = new Set<string>();
  for (const { path } of done) {
    kept.add(path);
    if (index !== "none") kept.add(indexPath(path, index));
  }
  for (const path of old) {
    for (const stale of [path, indexPath(path, "json"), indexPath(path, "text")]) {
      if (!kept.has(stale)) await rm(stale, { force: true });
    }
  }
}

function checkOptions({ prefix, shards, recordsPerShard, maxBytes }: ShardWriterOptions): void {
  for (const [name, value] of Object.entries({ shards, recordsPerShard, maxBytes })) {
    if (value === undefined || (Number.isInteger(value) && value > 0)) continue;
    throw new TFRecordError("INVALID_ARGUMENT", `${name} must be a positive integer, got ${value}`);
  }
  if (shards !== undefined && (recordsPerShard ?? maxBytes) !== undefined) {
    throw new TFRecordError("INVALID_ARGUMENT", "shards excludes recordsPerShard and maxBytes; give one or the other");
  }
  if (/[/\\]/.test(prefix))
    throw new TFRecordError("INVALID_ARGUMENT", `the prefix ${prefix} must not hold a slash; use folder`);
}

/** Creates the folder; the shards of the same prefix that it has already. */
function prepareFolder({ folder, prefix, overwrite = false }: ShardWriterOptions): string[] {
  let names: string[];
  try {
    mkdirSync(folder, { recursive: true });
    names = readdirSync(folder);
  } catch (cause) {
    throw new TFRecordError("WRITE_FAILED", `the folder cannot be used (${reasonOf(cause)})`, { file: folder, cause });
  }
  const old = names.filter((name) => name.startsWith(prefix) && /^\d{2,}-\d+\.tfrec$/.test(name.slice(prefix.length)));
  if (old.length > 0 && !overwrite) {
    const problem = `the folder already has ${old.length} shards of ${prefix} (${old[0]}); mixing two runs would repeat records: remove them or pass overwrite: true`;
    throw new TFRecordError("WRITE_FAILED", problem, { file: folder });
  }
  return old.map((name) => join(folder, name));
}
