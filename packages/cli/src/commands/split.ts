import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Dataset } from "@cassava/contracts";
import {
  audit,
  DataError,
  duplicateGroups,
  isDataError,
  kFold,
  lookAlikeGroups,
  mergeGroups,
  parseGroupCsv,
  parseRatios,
  partNames,
  type Split,
  serializeSplit,
  split,
  splitByShard,
} from "@cassava/data";
import { defaultDecoder, writeFileAtomically } from "@cassava/data/node";
import { type Command, Option } from "commander";
import { type ActionContext, act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { type CommonOptions, DATASET, whole } from "../options.ts";
import { withDataset } from "../run/dataset.ts";
import { table } from "../terminal/format.ts";

interface Options extends CommonOptions {
  readonly ratios: string;
  readonly stratify: boolean;
  readonly folds?: number;
  readonly byShard?: boolean;
  readonly groupBy?: "duplicates" | "look-alikes";
  readonly groups?: string;
  readonly groupColumn: string;
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
    .option("--ratios <a/b/c>", "train/validation/test, or train/validation: 60/20/20, 85/15, 70/30, …", "60/20/20")
    .option("--no-stratify", "do not keep the shares of the classes in every part")
    .addOption(
      new Option("--folds <k>", "k-fold cross-validation in place of ratios: one split file for each fold")
        .argParser(whole(2, 1000))
        .conflicts("byShard"),
    )
    .addOption(
      new Option("--by-shard", "whole TFRecord files to parts, and say how skewed that is").conflicts([
        "groupBy",
        "groups",
      ]),
    )
    .addOption(
      new Option(
        "--group-by <what>",
        "keep images together: duplicates have equal bytes, look-alikes also nearly equal pixels",
      ).choices(["duplicates", "look-alikes"]),
    )
    .option("--groups <file.csv>", "keep images of one group (plant, farm, …) together, by a column of a CSV")
    .option("--group-column <name>", "the column of the groups, beside image_id", "group")
    .option("--seed <n>", "the same seed gives the same split, from shards and CSV alike", whole(0), 42)
    .requiredOption("--out <path>", "where the split goes, as JSON; with --folds a folder for fold-0.json and so on")
    .option("--force", "replace what is there")
    .action(
      act(context, async (action, options: Options, paths: string[]) => {
        const { output, cwd } = action;
        const out = resolve(cwd, options.out);
        const files =
          options.folds === undefined
            ? [out]
            : Array.from({ length: options.folds }, (_, k) => join(out, `fold-${k}.json`));
        const taken = files.find((file) => existsSync(file));
        if (taken !== undefined && !options.force) {
          throw new CliError("OPTION_INVALID", `--out: ${taken} exists already: choose another name, or pass --force`);
        }
        await withDataset(paths, output, async (dataset) => {
          const made = await splitsOf(dataset, options, action);
          await mkdir(dirname(files[0]!), { recursive: true });
          for (const [at, file] of files.entries()) await writeFileAtomically(file, serializeSplit(made[at]!));
          for (const warning of made[0]?.warnings ?? []) output.warn(warning);
          const classes = dataset.classes.map(({ name }) => name);
          output.result(
            options.folds === undefined ? made[0] : made,
            options.folds === undefined
              ? `${describeSplit(made[0]!, classes)}\nwritten to ${out}`
              : `${describeFolds(made, classes)}\nwritten to ${files[0]} … fold-${files.length - 1}.json`,
          );
        });
      }),
    );
}

/** The one split, or the folds, that the options ask for. */
async function splitsOf(dataset: Dataset, options: Options, context: ActionContext): Promise<Split[]> {
  const { stratify, seed, folds } = options;
  const ratios = parseRatios(options.ratios);
  if (options.byShard) return [splitByShard(dataset, { ratios, seed })];
  const groups = await groupsOf(dataset, options, context);
  const all = { stratify, seed, ...(groups && { groups }) };
  return folds === undefined ? [split(dataset, { ratios, ...all })] : kFold(dataset, { folds, ...all });
}

/** What has to stay together; undefined where nothing has. */
async function groupsOf(
  dataset: Dataset,
  { groupBy, groups, groupColumn }: Options,
  { signal, cwd, output }: ActionContext,
): Promise<ReadonlyMap<string, string | number> | undefined> {
  const found: ReadonlyMap<string, string | number>[] = [];
  if (groupBy !== undefined) {
    const progress = output.progress("comparing images", dataset.entries.length);
    const onProgress = ({ done }: { done: number }) => progress.update(done);
    const near = groupBy === "look-alikes";
    const report = await audit(dataset, { signal, onProgress, ...(near && { decode: defaultDecoder() }) });
    progress.end();
    found.push(near ? lookAlikeGroups(report) : duplicateGroups(report));
  }
  if (groups !== undefined) {
    const file = resolve(cwd, groups);
    const text = await readFile(file, "utf8").catch((cause: unknown) => {
      throw new CliError("OPTION_INVALID", `--groups: ${file} cannot be read: check the path`, { cause });
    });
    const parsed = await parseGroupCsv(text, { file, groupColumn }).catch((error: unknown) => {
      if (!isDataError(error, "CSV_COLUMN")) throw error;
      throw new DataError("CSV_COLUMN", `${error.message}, or name that of the groups with --group-column`, error);
    });
    found.push(parsed);
  }
  if (found.length === 0) return undefined;
  return found.length === 1 ? found[0] : mergeGroups(...found);
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

/** Validation counts of every fold for people. */
function describeFolds(folds: readonly Split[], classes: readonly string[]): string {
  const rows = [
    ["validation", ...folds.map((_, k) => `fold ${k}`)],
    ...classes.map((name, c) => [name, ...folds.map(({ counts }) => counts.validation[c]!)]),
    ["all", ...folds.map(({ validation }) => validation.length)],
  ];
  const worst = Math.max(...folds.map(({ cramersV }) => cramersV));
  return `${table(rows)}\nassociation of part and class (Cramér's V), at most: ${worst.toFixed(4)}`;
}
