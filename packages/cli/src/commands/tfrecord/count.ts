import { isTFRecordError, readRecords } from "@cassava/tfrecord";
import { expandPaths, openFile } from "@cassava/tfrecord/node";
import { buildIndex } from "@cassava/tfrecord/random-access";
import type { Command } from "commander";
import { act, type CliContext } from "../../context.ts";
import type { CommonOptions } from "../../options.ts";
import { plural, table } from "../../terminal/format.ts";

/** `cassava tfrecord count <path…>` */
export function countCommand(group: Command, context: CliContext): void {
  group
    .command("count")
    .description("count records by their length headers; the data is neither read nor verified")
    .argument("<path...>", "TFRecord files, globs, or folders of them")
    .action(
      act(context, async ({ output, signal }, _: CommonOptions, patterns: string[]) => {
        const files: { file: string; records: number }[] = [];
        for (const file of await expandPaths(patterns)) {
          signal.throwIfAborted();
          files.push({ file, records: await countRecords(file) });
        }
        const records = files.reduce((sum, file) => sum + file.records, 0);
        const rows = files.map(({ file, records }) => [file, records]);
        const text =
          files.length === 1 ? plural(records, "record") : table([["file", "records"], ...rows, ["", records]]);
        output.result({ version: 1, records, files }, text);
      }),
    );
}

async function countRecords(path: string): Promise<number> {
  const file = openFile(path);
  try {
    return (await buildIndex(file)).count;
  } catch (error) {
    // Headers inside compressed data cannot be reached without decompressing what lies between them.
    if (!isTFRecordError(error, "COMPRESSED")) throw error;
  } finally {
    await file.close();
  }
  let count = 0;
  for await (const _ of readRecords(file, { verify: "length" })) count++;
  return count;
}
