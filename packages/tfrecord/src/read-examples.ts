import { decodeWith } from "./decode-with.ts";
import { isTFRecordError, placeError } from "./errors.ts";
import { openRecords, type ReadRecordsOptions } from "./read-records.ts";
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
export async function* readExamples<Fields extends SchemaFields>(
  source: ByteSource,
  schema: Schema<Fields>,
  options: ReadExamplesOptions = {},
): AsyncGenerator<InferRecord<Schema<Fields>>, void, undefined> {
  const reader = openRecords(source, options);
  try {
    for (;;) {
      const data = reader.take() ?? (await reader.next());
      if (data === undefined) return;
      let record: InferRecord<Schema<Fields>>;
      try {
        record = decodeWith(schema, data);
      } catch (cause) {
        const error = placeError(cause, { file: reader.file, record: reader.record, byteOffset: reader.byteOffset });
        if (options.onCorrupt !== "skip" || !isTFRecordError(error, "EXAMPLE_MALFORMED")) throw error;
        const { file, record, byteOffset: start } = reader;
        options.onSkip?.({ file, record, start, end: start + 16 + data.length, error });
        continue;
      }
      yield record;
    }
  } catch (error) {
    throw placeError(error, { file: reader.file });
  } finally {
    await reader.close();
  }
}
