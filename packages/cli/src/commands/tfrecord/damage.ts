import type { SkippedRange } from "@cassava/tfrecord";
import { CommanderError } from "commander";
import { plural } from "../../terminal/format.ts";

/** A range of a file without an intact record, as JSON. */
export interface Damage {
  /** Number of the first record lost, from 0, each earlier damaged range counted as one. */
  readonly record: number;
  /** Bytes `[start, end)`; of the decompressed bytes where the file is compressed. */
  readonly start: number;
  readonly end: number;
  readonly code: string;
  readonly reason: string;
}

export function toDamage({ record, start, end, error }: SkippedRange): Damage {
  return { record, start, end, code: error.code, reason: error.problem };
}

/** One line: file, record, bytes, code, reason. */
export function describeDamage(file: string, { record, start, end, code, reason }: Damage): string {
  return `${file}: record ${record}, bytes ${start} to ${end}: ${code}: ${reason}`;
}

/** Ends the command with exit code 1 and no further word: its result has said everything. */
export function damaged(count: number): CommanderError {
  return new CommanderError(1, "cassava.damaged", plural(count, "corrupt range"));
}
