import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { audit, duplicateGroups, parseRatios, partNames, type Split, serializeSplit, split } from "@cassava/data";
import { writeFileAtomically } from "@cassava/data/node";
import { type Command, Option } from "commander";
import { act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { type CommonOptions, DATASET, whole } from "../options.ts";
import { withDataset } from "../run/dataset.ts";
import { table } from "../terminal/format.ts";

interface Options extends CommonOptions {
  readonly ratios: string;
  readonly stratify: boolean;
  readonly groupBy?: "duplicates";
  readonly seed: number;
  readonly out: string;
  readonly force?: boolean;
}

/** `cassava split <dataset>` */
export function splitCommand(program: Command, context: CliContext): void {
  program
    .command("split")
    .description("divide the labelled images into train, validation and test; the split is keyed by image name")
    .argument("<dataset...>", DATASET)
    .option("--ratios <a/b/c>", "train/validation/test, or train/validation", "60/20/20")
    .option("--no-stratify", "do not keep the shares of the classes in every part")
    .addOption(
      new Option("--group-by <what>", "keep images together: duplicates have equal bytes").choices(["duplicates"]),
    )
    .option("--seed <n>", "the same seed gives the same split, from shards and CSV alike", whole(0), 42)
    .requiredOption("--out <file>", "where the split goes, as JSON")
    .option("--force", "replace the file if it exists")
    .action(
      act(context, async ({ output, cwd, signal }, options: Options, paths: string[]) => {
        const file = resolve(cwd, options.out);
        if (existsSync(file) && !options.force) {
          throw new CliError("OPTION_INVALID", `--out: ${file} exists already: choose another name, or pass --force`);
        }
        await withDataset(paths, output, async (dataset) => {
          const { stratify, seed } = options;
          const ratios = parseRatios(options.ratios);
          const groups = options.groupBy && duplicateGroups(await audit(dataset, { signal }));
          const made = split(dataset, { ratios, stratify, seed, ...(groups && { groups }) });
          await mkdir(dirname(file), { recursive: true });
          await writeFileAtomically(file, serializeSplit(made));
          output.result(
            made,
            `${describeSplit(
              made,
              dataset.classes.map(({ name }) => name),
            )}\nwritten to ${file}`,
          );
        });
      }),
    );
}

/** Counts of a split for people. */
export function describeSplit({ counts, cramersV }: Split, classes: readonly string[]): string {
  const parts = partNames.filter((part) => counts[part].some((count) => count > 0));
  const total = (part: (typeof parts)[number]) => counts[part].reduce((sum, count) => sum + count, 0);
  const rows = [
    ["class", ...parts],
    ...classes.map((name, c) => [name, ...parts.map((part) => counts[part][c]!)]),
    ["all", ...parts.map(total)],
  ];
  return `${table(rows)}\nassociation of part and class (Cramér's V): ${cramersV.toFixed(4)}`;
}
