import type { Dataset } from "@cassava/contracts";
import { audit, duplicateGroups, type Split } from "@cassava/data";
import type { ActionContext } from "../context.ts";
import { CliError } from "../errors.ts";
import type { Knowledge } from "./knowledge.ts";

/**
 * Refuses a split that nothing can be learned from, and finds what lies on both sides of it by equal bytes: such images are
 * remembered, not recognized, and make the verdict better than the model. Reads and hashes every image once.
 *
 * @throws {CliError} `SPLIT_UNUSABLE`
 */
export async function checkTrainable(dataset: Dataset, split: Split, { signal }: ActionContext): Promise<Knowledge> {
  for (const part of ["train", "validation"] as const) {
    if (split[part].length > 0) continue;
    throw new CliError(
      "SPLIT_UNUSABLE",
      `the ${part} part of the split is empty: split again with cassava split --ratios 60/20/20`,
    );
  }
  if (split.counts.train.filter((count) => count > 0).length < 2) {
    const message =
      "the train part of the split has images of one class only: a classifier needs two; add images of another class";
    throw new CliError("SPLIT_UNUSABLE", message);
  }
  const report = await audit(dataset, { signal });
  const groups = duplicateGroups(report);
  const trained = new Map(split.train.flatMap((id) => (groups.has(id) ? [[groups.get(id)!, id] as const] : [])));
  const leaked = [...split.validation, ...split.test].flatMap((held) => {
    const twin = trained.get(groups.get(held) ?? "");
    return twin === undefined ? [] : [{ trained: twin, held }];
  });
  const { train, validation, test } = split.counts;
  return {
    classCounts: report.classes.map(({ count }) => count),
    splitCounts: { train, validation, ...(split.test.length > 0 && { test }) },
    data: {
      leaked,
      ...(report.shards.length > 1 && { shards: report.shards.map(({ counts }) => counts) }),
      images: report.images.total,
    },
  };
}
