import { readRecords } from "@cassava/tfrecord";
import { inferSchema, inspectRecords, schemaCode } from "@cassava/tfrecord/inspect";
import { openFile } from "@cassava/tfrecord/node";
import type { Command } from "commander";
import { type ActionContext, act, type CliContext } from "../../context.ts";
import { type CommonOptions, whole } from "../../options.ts";
import { type PlainRecord, plainRecord } from "./plain-example.ts";

interface Options extends CommonOptions {
  readonly limit?: number;
  readonly offset: number;
  readonly schema?: boolean;
}

/** `cassava tfrecord cat <file>` */
export function catCommand(group: Command, context: CliContext): void {
  group
    .command("cat")
    .description("print records, one line of JSON each; bytes that are not text as their number and SHA-256")
    .argument("<file>", "a TFRecord file")
    .option("--limit <n>", "print so many records at most", whole(0))
    .option("--offset <n>", "leave out so many records first", whole(0), 0)
    .option("--schema", "print the schema that all records fit, as TypeScript, instead of the records")
    .action(
      act(context, async (action, options: Options, file: string) => {
        if (options.schema) return await printSchema(action, file);
        await printRecords(action, file, options);
      }),
    );
}

async function printSchema({ output }: ActionContext, file: string): Promise<void> {
  const summary = await inspectRecords(openFile(file));
  for (const { error } of summary.corrupt) output.warn(error.message);
  const code = schemaCode(inferSchema(summary));
  output.result({ version: 1, file, records: summary.records, schema: code }, code);
}

async function printRecords(
  { output, stdout, signal }: ActionContext,
  file: string,
  { json, limit = Number.POSITIVE_INFINITY, offset }: Options,
): Promise<void> {
  const kept: ({ record: number } & PlainRecord)[] = [];
  const end = offset + limit;
  let record = 0;
  // The reader must not look further than asked: damage behind the last record printed does not matter.
  if (limit > 0) {
    for await (const data of readRecords(openFile(file))) {
      signal.throwIfAborted();
      if (record >= offset) {
        const line = { record, ...plainRecord(data) };
        if (json) kept.push(line);
        else stdout.write(`${JSON.stringify(line)}\n`);
      }
      if (++record >= end) break;
    }
  }
  if (json) output.result({ version: 1, file, records: kept }, "");
}
