import { resolve } from "node:path";
import { type Augmentation, imageBatches, random, shuffled } from "@cassava/data";
import { defaultDecoder, writeFileAtomically } from "@cassava/data/node";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { type CommonOptions, DATASET, whole } from "../options.ts";
import { AUGMENT, augmentationFlag, DEFAULT_AUGMENT } from "../run/augmentation.ts";
import { contactSheet } from "../run/contact-sheet.ts";
import { withDataset } from "../run/dataset.ts";
import { plural } from "../terminal/format.ts";

interface Options extends CommonOptions {
  readonly out: string;
  readonly augment: Augmentation;
  readonly images: number;
  readonly views: number;
  readonly size: number;
  readonly seed: number;
}

/** `cassava augment-preview <dataset>` */
export function augmentPreviewCommand(program: Command, context: CliContext): void {
  program
    .command("augment-preview")
    .description("draw a contact sheet (PNG): originals at the left, beside them the views that training would see")
    .argument("<dataset...>", DATASET)
    .requiredOption("--out <file>", "the PNG; an existing one is replaced")
    .option("--augment <steps>", AUGMENT, augmentationFlag, augmentationFlag(DEFAULT_AUGMENT))
    .option("--images <n>", "photographs, drawn by the seed", whole(1, 100), 8)
    .option("--views <n>", "views of each", whole(1, 50), 6)
    .option("--size <px>", "side of an image: the input size of the training", whole(8, 1024), 224)
    .option("--seed <n>", "of the draws; training with this seed sees these views", whole(0), 42)
    .action(
      act(context, async ({ output, cwd, signal }, options: Options, paths: string[]) => {
        const { augment: policy, images, views, size, seed } = options;
        if (policy.steps.length === 0) {
          throw new CliError("OPTION_INVALID", "--augment none changes nothing: there is nothing to preview");
        }
        await withDataset(paths, output, async (dataset) => {
          const all = dataset.entries.map(({ id }) => id);
          const ids = shuffled(all, random(seed, "preview")).slice(0, images);
          const columns: Uint8Array[][] = [];
          for (let view = 0; view <= views; view++) {
            const augment = { policy, seed, views: { only: view } };
            const batchSize = Math.max(1, ids.length);
            const source = imageBatches(dataset, {
              ids,
              size: [size, size],
              batchSize,
              decode: defaultDecoder(),
              augment,
            });
            for await (const batch of source.batches(0, signal)) {
              const length = size * size * 3;
              // Bytes, since no other type was asked for.
              const pixels = batch.images as Uint8Array;
              columns.push(ids.map((_, at) => pixels.subarray(at * length, (at + 1) * length)));
            }
          }
          if (columns.length === 0) throw new CliError("NO_IMAGES", "the data set holds no image to preview");
          const rows = ids.map((_, row) => columns.map((column) => column[row]!));
          const out = resolve(cwd, options.out);
          await writeFileAtomically(out, await contactSheet(rows, size));
          output.result(
            { version: 1, file: out, augmentation: policy, seed, views, images: ids },
            `${out}: ${plural(ids.length, "image")} with ${plural(views, "view")} each\n${ids.map((id, row) => `row ${row + 1}: ${id}`).join("\n")}`,
          );
        });
      }),
    );
}
