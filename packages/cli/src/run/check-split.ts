import type { Dataset } from "@cassava/contracts";
import { audit, duplicateGroups, type Split } from "@cassava/data";
import type { ActionContext } from "../context.ts";
import { CliError } from "../errors.ts";

/**
 * Refuses a split that nothing can be learned from, and warns where equal bytes lie on both sides of it: such images are
 * remembered, not recognized, and make the verdict better than the model. Reads and hashes every image once.
 *
 * @throws {CliError} `SPLIT_UNUSABLE`
 */
export async function checkTrainable(dataset: Dataset, split: Split, { output, signal }: ActionContext): Promise<void> {
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
  const groups = duplicateGroups(await audit(dataset, { signal }));
  const trained = new Set(split.train.flatMap((id) => groups.get(id) ?? []));
  const leaked = [...split.validation, ...split.test].filter((id) => trained.has(groups.get(id) ?? ""));
  if (leaked.length === 0) return;
  output.warn(
    `${leaked.length} validation or test images have the same bytes as a training image (${leaked[0]}): ` +
      "their scores are too good; split with cassava split --group-by duplicates",
  );
}
