import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { isImageName } from "@cassava/data";
import { isTFRecordError } from "@cassava/tfrecord";
import { inspectRecords, type RecordsSummary } from "@cassava/tfrecord/inspect";
import { expandPaths, openFile } from "@cassava/tfrecord/node";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import type { CommonOptions } from "../options.ts";
import { bytes, plural, table } from "../terminal/format.ts";

/** `cassava inspect <file|folder…>` */
export function inspectCommand(program: Command, context: CliContext): void {
  program
    .command("inspect")
    .description("look into TFRecord files: records, features with kinds and sizes, class counts, corrupt records")
    .argument("<path...>", "TFRecord files, globs, or folders of them")
    .action(
      act(context, async ({ output, signal }, _: CommonOptions, patterns: string[]) => {
        const paths = await recordFiles(patterns);
        const progress = output.progress("reading files", paths.length);
        const files: RecordsSummary[] = [];
        for (const path of paths) {
          signal.throwIfAborted();
          const source = await openFile(path);
          try {
            files.push(await inspectRecords(source, { file: path }));
          } finally {
            await source.close();
          }
          progress.update(files.length, basename(path));
        }
        progress.end();
        const records = files.reduce((sum, file) => sum + file.records, 0);
        const corrupt = files.reduce((sum, file) => sum + file.corrupt.length, 0);
        const document = { version: 1, records, corrupt, files: files.map(plainSummary) };
        const total = `${plural(files.length, "file")}, ${plural(records, "record")}, ${plural(corrupt, "corrupt range")}`;
        output.result(document, [...files.map(describeFile), total].join("\n\n"));
      }),
    );
}

/** The files to look into. Photographs, their CSV and folders without TFRecord files are for another command. */
async function recordFiles(patterns: readonly string[]): Promise<string[]> {
  const other = (path: string, cause?: unknown) =>
    new CliError(
      "NO_RECORDS",
      `inspect looks into TFRecord files, and ${path} ${cause === undefined ? "is none" : "holds none"}: for photographs take cassava audit FOLDER, which counts classes, sizes and what is not read`,
      { cause },
    );
  try {
    const paths = await expandPaths(patterns);
    const photograph = paths.find((path) => isImageName(path) || /\.csv$/i.test(path));
    if (photograph === undefined) return paths;
    throw other(photograph);
  } catch (error) {
    if (!isTFRecordError(error, "NO_FILES") || error.file === undefined) throw error;
    const isFolder = await stat(error.file).then(
      (found) => found.isDirectory(),
      () => false,
    );
    throw isFolder ? other(error.file, error) : error;
  }
}

/** A summary as plain JSON: counts by value as an object, errors as code and message. */
function plainSummary(summary: RecordsSummary): unknown {
  const features = summary.features.map(({ counts, ...feature }) => ({
    ...feature,
    ...(counts && { counts: Object.fromEntries([...counts].map(([value, count]) => [String(value), count])) }),
  }));
  const corrupt = summary.corrupt.map(({ record, start, end, error }) => ({
    record,
    start,
    end,
    code: error.code,
    message: error.message,
  }));
  return { ...summary, features, corrupt };
}

function describeFile(summary: RecordsSummary): string {
  const { file, records, byteLength, features, corrupt, notExamples } = summary;
  const rows = features.map(({ name, kinds, present, byteSize, range, counts }) => {
    const size = byteSize
      ? `${bytes(byteSize.min)} to ${bytes(byteSize.max)}`
      : range
        ? `${range.min} to ${range.max}`
        : "";
    const values = counts ? [...counts].map(([value, count]) => `${value}: ${count}`).join(", ") : "";
    return [name, Object.keys(kinds).join(" | "), `${present} of ${records}`, size, values];
  });
  return [
    `${file}: ${plural(records, "record")}, ${bytes(byteLength)}`,
    ...(rows.length > 0 ? [table([["feature", "kind", "present", "bytes or range", "values"], ...rows])] : []),
    ...(notExamples > 0 ? [`${plural(notExamples, "record")} of another kind than tf.train.Example`] : []),
    ...corrupt.map(({ start, end, error }) => `corrupt: bytes ${start} to ${end}: ${error.message}`),
  ].join("\n");
}
