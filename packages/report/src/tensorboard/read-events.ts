import { type ByteSource, isTFRecordError, readRecords, type TFRecordErrorCode } from "@cassava/tfrecord";
import { ReportError } from "../errors.ts";
import { type DecodedEvent, decodeEvent, placeOf, type TensorBoardEvent } from "./event.ts";
import type { TagMetadata } from "./metadata.ts";
import type { SummaryValue } from "./summary.ts";

/** The last record of a file that is still being written, or whose writer was stopped. */
export interface CutRecord {
  readonly file: string | undefined;
  /** Index of the record, from 0: that many are whole. */
  readonly record: number;
  /** Where it begins. */
  readonly byteOffset: number;
  /** What is missing, in words. */
  readonly problem: string;
}

/** Options of {@link readEvents} and {@link readSummaries}. */
export interface ReadEventsOptions {
  /** Name of the source for messages; by default its own. */
  readonly file?: string;
  /** Is told of a cut last record, at which reading ends without an error. */
  readonly onCut?: (cut: CutRecord) => void;
}

/** What an event holds that is no summary: a graph, a message of a session. */
export interface OtherContent extends Required<NonNullable<TensorBoardEvent["other"]>> {
  readonly kind: "other";
}

/** One value of a file, with what its event says. */
export type RecordedValue = (SummaryValue | OtherContent) & {
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTime: number;
};

/** What is not there yet, while a file is written. Zeros: blocks that a file system has reserved. */
const CUT: readonly TFRecordErrorCode[] = ["HEADER_TRUNCATED", "DATA_TRUNCATED", "ZERO_TAIL"];

/**
 * Reads the events of a file, in order. A last record that is not whole ends the reading, and `onCut` is told.
 *
 * @throws {ReportError} `EVENTS_INVALID`, with file and record: damage, a message that is malformed, a file that does not begin with a
 *   file version; `EVENTS_MISSING`: the source cannot be read
 */
export async function* readEvents(
  source: ByteSource,
  { file = nameOf(source), onCut }: ReadEventsOptions = {},
): AsyncGenerator<DecodedEvent, void, undefined> {
  const metadata: TagMetadata = new Map();
  let record = 0;
  try {
    for await (const bytes of readRecords(source, file === undefined ? {} : { file })) {
      const event = decodeEvent(bytes, { file, record, metadata });
      if (record === 0 && !event.fileVersion?.startsWith("brain.Event:")) {
        const problem = "it does not begin with a file version: this is no event file of TensorBoard";
        throw new ReportError("EVENTS_INVALID", `${placeOf(file, 0)}${problem}`, { file, record });
      }
      yield event;
      record++;
    }
  } catch (error) {
    if (!isTFRecordError(error) || error.code === "INVALID_ARGUMENT") throw error;
    const { code, problem, byteOffset = 0 } = error;
    if (!CUT.includes(code)) {
      const missing = code === "SOURCE_UNREADABLE";
      throw new ReportError(missing ? "EVENTS_MISSING" : "EVENTS_INVALID", error.message, {
        file,
        ...(!missing && { record: error.record ?? record }),
        cause: error,
      });
    }
    onCut?.({ file, record, byteOffset, problem });
  }
}

/** As {@link readEvents}, but value by value. */
export async function* readSummaries(
  source: ByteSource,
  options: ReadEventsOptions = {},
): AsyncGenerator<RecordedValue, void, undefined> {
  for await (const { step, wallTime, values = [], other } of readEvents(source, options)) {
    for (const value of values) yield { ...value, step, wallTime };
    if (other !== undefined) yield { kind: "other", ...other, step, wallTime };
  }
}

function nameOf(source: ByteSource): string | undefined {
  const { name } = source as { readonly name?: unknown };
  return typeof name === "string" && name !== "" ? name : undefined;
}
