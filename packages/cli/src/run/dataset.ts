import type { Dataset } from "@cassava/contracts";
import { type UnreadFiles, unreadFiles } from "@cassava/data";
import { type OpenDatasetOptions, openDataset } from "@cassava/data/node";
import { plural } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import { withAdvice } from "./dataset-advice.ts";
import { describeUnread } from "./unread.ts";

/** Opens a data set, says what it holds and what was left out, and closes it when `work` is done. */
export async function withDataset<T>(
  paths: string | readonly string[],
  output: Output,
  work: (dataset: Dataset) => Promise<T>,
  options: OpenDatasetOptions = {},
): Promise<T> {
  const given = [paths].flat();
  const dataset = await openDataset(paths, options).catch((error: unknown) => {
    throw withAdvice(error, given);
  });
  try {
    const unlabelled = dataset.entries.filter(({ label }) => label === undefined).length;
    const note = unlabelled > 0 ? `, ${unlabelled} of them without a label` : "";
    output.info(`data set: ${plural(dataset.entries.length, "image")} in ${dataset.classes.length} classes${note}`);
    const kinds = new Map<string, number>();
    for (const { kind } of dataset.problems.filter(({ kind }) => kind !== "unread-file"))
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    for (const [kind, count] of kinds)
      output.info(`left out: ${count} x ${kind.replaceAll("-", " ")} (cassava audit names them)`);
    warnOfUnread(unreadFiles(dataset.problems), output);
    return await work(dataset);
  } catch (error) {
    throw withAdvice(error, given);
  } finally {
    await dataset.close();
  }
}

/** A forgotten photograph or label file is worth a warning; a note or an annotation is not. */
function warnOfUnread(unread: UnreadFiles, output: Output): void {
  const text = describeUnread(unread);
  if (text === undefined) return;
  const grave = unread.photographs > 0 || ".csv" in unread.extensions;
  (grave ? output.warn : output.info)(text);
}
