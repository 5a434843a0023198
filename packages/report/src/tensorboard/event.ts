import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { ReportError } from "../errors.ts";
import { decodeValue } from "./decode-value.ts";
import { encodeValue } from "./encode-value.ts";
import { delimited, eachField, fixed64, safeInt64, varint } from "./fields.ts";
import type { TagMetadata } from "./metadata.ts";
import type { SummaryValue } from "./summary.ts";

/** The version of files that TensorFlow 2 writes; the first event of a file says it. */
export const FILE_VERSION = "brain.Event:2";

/** What an event may hold beside summaries: graphs, messages of sessions. */
const OTHERS = {
  graphDef: delimited(4),
  logMessage: delimited(6),
  sessionLog: delimited(7),
  taggedRunMetadata: delimited(8),
  metaGraphDef: delimited(9),
};

/** One record of an event file: `tensorflow.Event` (tensorflow/core/util/event.proto). */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** Within ±(2^53 - 1). A bigint is taken, too; a number is read. */
  readonly step: number | bigint;
  /** Of the first event of a file. */
  readonly fileVersion?: string;
  /** What wrote the file, where it says so. */
  readonly writer?: string;
  /** The values of a summary; absent where the event is something else. */
  readonly values?: readonly SummaryValue[];
  /** Something else, as its bytes. */
  readonly other?: { readonly what: keyof typeof OTHERS; readonly bytes: Uint8Array };
}

/** An event as it is read. */
export interface DecodedEvent extends TensorBoardEvent {
  readonly step: number;
}

const [WALL_TIME, STEP, VERSION, SUMMARY, SOURCE] = [fixed64(1), varint(2), delimited(3), delimited(5), delimited(10)];
const [VALUE, WRITER] = [delimited(1), delimited(1)];

/** Options of {@link decodeEvent}. */
export interface DecodeEventOptions {
  /** For messages. */
  readonly file?: string | undefined;
  /** Index of the record in the file, from 0; for messages. */
  readonly record?: number | undefined;
  /** What the file has said of its tags so far, which is added to: pass the same map for all events of a file. Default: nothing. */
  readonly metadata?: TagMetadata;
}

/**
 * Reads one event: the data of a record.
 *
 * @throws {ReportError} `EVENTS_INVALID`: it is malformed, or its step is beyond ±(2^53 - 1)
 */
export function decodeEvent(bytes: Uint8Array, options: DecodeEventOptions = {}): DecodedEvent {
  const { file, record, metadata = new Map() } = options;
  const invalid = (problem: string, cause?: unknown) =>
    new ReportError("EVENTS_INVALID", `${placeOf(file, record)}${problem}`, { file, record, cause });
  const event: { -readonly [K in keyof DecodedEvent]: DecodedEvent[K] } = { wallTime: 0, step: 0 };
  let step: number | undefined = 0;
  try {
    eachField(bytes, (key, reader) => {
      if (key === WALL_TIME) event.wallTime = reader.double();
      else if (key === STEP) step = safeInt64(reader);
      else if (key === VERSION) event.fileVersion = reader.string(true);
      else if (key === SUMMARY) {
        const values: SummaryValue[] = [];
        eachField(reader.bytes(), (inner, summary) => {
          if (inner !== VALUE) return false;
          values.push(decodeValue(summary.bytes(), metadata));
          return true;
        });
        event.values = values;
      } else if (key === SOURCE) {
        eachField(reader.bytes(), (inner, source) => {
          if (inner !== WRITER) return false;
          event.writer = source.string(true);
          return true;
        });
      } else {
        const what = (Object.keys(OTHERS) as (keyof typeof OTHERS)[]).find((name) => OTHERS[name] === key);
        if (what === undefined) return false;
        event.other = { what, bytes: reader.bytes() };
      }
      return true;
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`not a well-formed event (${reason}): write the file again, or remove it`, cause);
  }
  if (step === undefined) throw invalid("its step is beyond 2^53, which no number holds exactly");
  return { ...event, step };
}

/** `file, record 3: ` */
export function placeOf(file: string | undefined, record: number | undefined): string {
  const parts = [file, record === undefined ? undefined : `record ${record}`].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}

/**
 * Writes one event, its values as TensorFlow 2 does; `frameRecord` of `@cassava/tfrecord` makes a record of it.
 *
 * @throws {ReportError} `INPUT_INVALID`: a step that is no whole number within ±(2^53 - 1), an image without a size, texts that do not fill
 *   their shape
 */
export function encodeEvent(event: TensorBoardEvent): Uint8Array {
  const { wallTime, step, fileVersion, writer: source, values, other } = event;
  if (!Number.isSafeInteger(Number(step))) {
    throw new ReportError("INPUT_INVALID", `a step is a whole number within ±(2^53 - 1); got ${step}`);
  }
  const writer = new BinaryWriter().uint32(WALL_TIME).double(wallTime);
  if (Number(step) !== 0) writer.uint32(STEP).int64(step);
  if (fileVersion !== undefined) writer.uint32(VERSION).string(fileVersion);
  if (values !== undefined) {
    writer.uint32(SUMMARY).fork();
    for (const value of values) writer.uint32(VALUE).bytes(encodeValue(value));
    writer.join();
  }
  if (other !== undefined) writer.uint32(OTHERS[other.what]).bytes(other.bytes);
  if (source !== undefined) writer.uint32(SOURCE).fork().uint32(WRITER).string(source).join();
  return writer.finish();
}
