import { basename } from "node:path";
import { isTFRecordError, readRecords } from "@cassava/tfrecord";
import { expandPaths, openFile } from "@cassava/tfrecord/node";
import type { Command } from "commander";
import { act, type CliContext } from "../../context.ts";
import type { CommonOptions } from "../../options.ts";
import { plural } from "../../terminal/format.ts";
import { type Damage, damaged, describeDamage, toDamage } from "./damage.ts";

interface Verified {
  readonly file: string;
  /** Intact records. */
  readonly records: number;
  readonly corrupt: readonly Damage[];
}

/** `cassava tfrecord verify <path…>` */
export function verifyCommand(group: Command, context: CliContext): void {
  group
    .command("verify")
    .description("compute every checksum; list what is corrupt, with exit code 1")
    .argument("<path...>", "TFRecord files, globs, or folders of them")
    .action(
      act(context, async ({ output, signal }, _: CommonOptions, patterns: string[]) => {
        const paths = await expandPaths(patterns);
        const progress = output.progress("verifying files", paths.length);
        const files: Verified[] = [];
        for (const path of paths) {
          files.push(await verifyFile(path, signal));
          progress.update(files.length, basename(path));
        }
        progress.end();
        const records = files.reduce((sum, file) => sum + file.records, 0);
        const corrupt = files.reduce((sum, file) => sum + file.corrupt.length, 0);
        const lines = files.flatMap(({ file, corrupt }) => corrupt.map((damage) => describeDamage(file, damage)));
        const verdict = corrupt === 0 ? "all intact" : plural(corrupt, "corrupt range");
        lines.push(`${plural(files.length, "file")}, ${plural(records, "record")}, ${verdict}`);
        output.result({ version: 1, records, corrupt, files }, lines.join("\n"));
        if (corrupt > 0) throw damaged(corrupt);
      }),
    );
}

async function verifyFile(file: string, signal: AbortSignal): Promise<Verified> {
  const corrupt: Damage[] = [];
  let records = 0;
  try {
    const onSkip = (range: Parameters<typeof toDamage>[0]) => void corrupt.push(toDamage(range));
    for await (const _ of readRecords(openFile(file), { onCorrupt: "skip", onSkip })) {
      records++;
      signal.throwIfAborted();
    }
  } catch (error) {
    // What is no TFRecord file at all is one finding among others; the files after it are verified all the same.
    if (!isTFRecordError(error, "NOT_TFRECORD")) throw error;
    const { code, problem: reason, record = 0, byteOffset: start = 0 } = error;
    corrupt.push({ record, start, end: start, code, reason });
  }
  return { file, records, corrupt };
}
