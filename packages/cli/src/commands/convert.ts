import { resolve } from "node:path";
import { convertToShards } from "@cassava/data/node";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { type CommonOptions, DATASET, whole } from "../options.ts";
import { withDataset } from "../run/dataset.ts";
import { bytes, duration, plural } from "../terminal/format.ts";

interface Options extends CommonOptions {
  readonly out: string;
  readonly shards: number;
  readonly size?: number;
  readonly quality: number;
}

/** `cassava convert <dataset>` */
export function convertCommand(program: Command, context: CliContext): void {
  program
    .command("convert")
    .description("write the images as sharded TFRecords (image, image_name, target), named like ld_train00-1338.tfrec")
    .argument("<dataset...>", DATASET)
    .requiredOption("--out <dir>", "folder for the shards")
    .option("--shards <n>", "number of files", whole(1), 16)
    .option(
      "--size <px>",
      "resize to a square and encode again; without it the bytes are copied unchanged",
      whole(1, 8192),
    )
    .option("--quality <n>", "JPEG quality of --size", whole(1, 100), 92)
    .action(
      act(context, async ({ output, cwd, signal }, options: Options, paths: string[]) => {
        await withDataset(paths, output, async (dataset) => {
          const { shards, size, quality } = options;
          const progress = output.progress("writing records", dataset.entries.length);
          const onProgress = ({ done }: { done: number }) => progress.update(done);
          const out = resolve(cwd, options.out);
          const square = size === undefined ? {} : { size: [size, size] as const };
          const files = await convertToShards(dataset, { out, shards, quality, signal, onProgress, ...square });
          output.info(`wrote ${plural(dataset.entries.length, "record")} in ${duration(progress.end())}`);
          const lines = files.map(({ path, byteLength }) => `${path} (${bytes(byteLength)})`);
          output.result({ version: 1, files }, lines.join("\n"));
        });
      }),
    );
}
