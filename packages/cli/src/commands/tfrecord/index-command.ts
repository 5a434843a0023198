import { basename } from "node:path";
import { expandPaths, indexPath, openFile, saveIndex } from "@cassava/tfrecord/node";
import { buildIndex } from "@cassava/tfrecord/random-access";
import type { Command } from "commander";
import { act, type CliContext } from "../../context.ts";
import { type CommonOptions, choice } from "../../options.ts";
import { plural } from "../../terminal/format.ts";

interface Options extends CommonOptions {
  readonly format: "json" | "text";
}

/** `cassava tfrecord index <path…> [--format json|text]` */
export function indexCommand(group: Command, context: CliContext): void {
  group
    .command("index")
    .description("verify files, then write beside each where its records lie")
    .argument("<path...>", "uncompressed TFRecord files, globs, or folders of them")
    .addOption(
      choice(
        "--format <format>",
        "json: FILE.index.json, notices a changed file; text: FILE.idx, as tfrecord2idx writes it",
        ["json", "text"],
        "json",
      ),
    )
    .action(
      act(context, async ({ output, signal }, { format }: Options, patterns: string[]) => {
        const paths = await expandPaths(patterns);
        const progress = output.progress("indexing files", paths.length);
        const files: { file: string; index: string; records: number }[] = [];
        for (const path of paths) {
          signal.throwIfAborted();
          const source = openFile(path);
          try {
            const index = await buildIndex(source, { verify: "full" });
            await saveIndex(indexPath(path, format), index, { format });
            files.push({ file: path, index: indexPath(path, format), records: index.count });
          } finally {
            await source.close();
          }
          progress.update(files.length, basename(path));
        }
        progress.end();
        const lines = files.map(({ index, records }) => `${index}: ${plural(records, "record")}`);
        output.result({ version: 1, format, files }, lines.join("\n"));
      }),
    );
}
