import type { Dataset } from "@cassava/contracts";
import { type OpenDatasetOptions, openDataset } from "@cassava/data/node";
import { plural } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";

/** Opens a data set, says what it holds and what was left out, and closes it when `work` is done. */
export async function withDataset<T>(
  paths: string | readonly string[],
  output: Output,
  work: (dataset: Dataset) => Promise<T>,
  options: OpenDatasetOptions = {},
): Promise<T> {
  const dataset = await openDataset(paths, options);
  try {
    const unlabelled = dataset.entries.filter(({ label }) => label === undefined).length;
    const note = unlabelled > 0 ? `, ${unlabelled} of them without a label` : "";
    output.info(`data set: ${plural(dataset.entries.length, "image")} in ${dataset.classes.length} classes${note}`);
    const kinds = new Map<string, number>();
    for (const { kind } of dataset.problems) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    for (const [kind, count] of kinds)
      output.info(`left out: ${count} x ${kind.replaceAll("-", " ")} (cassava audit names them)`);
    return await work(dataset);
  } finally {
    await dataset.close();
  }
}
