import { decodeWith } from "./decode-with.ts";
import { isTFRecordError, placeError } from "./errors.ts";
import { openRecords, type ReadRecordsOptions } from "./read-records.ts";
import { RecordStream } from "./record-stream.ts";
import type { InferRecord, Schema, SchemaFields } from "./schema.ts";
import type { ByteSource } from "./source.ts";

export interface ReadExamplesOptions extends ReadRecordsOptions {}

/**
 * Yields the records of a TFRecord file, decoded with `schema`, in order. Byte values are views: see `readRecords`.
 * With `onCorrupt: "skip"` a record that is not a well-formed Example is skipped too; one that contradicts the schema is
 * an error always.
 *
 * @throws TFRecordError what `readRecords` and `decodeWith` throw, with the file, the record and the feature
 */
export function readExamples<Fields extends SchemaFields>(
  source: ByteSource,
  schema: Schema<Fields>,
  options: ReadExamplesOptions = {},
): AsyncGenerator<InferRecord<Schema<Fields>>, void, undefined> {
  return new RecordStream(openRecords(source, options), (data, { file, record, byteOffset: start }) => {
    try {
      return decodeWith(schema, data);
    } catch (cause) {
      const error = placeError(cause, { file, record, byteOffset: start });
      if (options.onCorrupt !== "skip" || !isTFRecordError(error, "EXAMPLE_MALFORMED")) throw error;
      options.onSkip?.({ file, record, start, end: start + 16 + data.length, error });
      return undefined;
    }
  });
}
