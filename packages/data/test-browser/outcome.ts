import type { Dataset } from "@cassava/contracts";
import type { audit, ImageDecoder, imageBatches, kFold, split } from "../src/index.ts";

/** The package's functions: its sources in Node, the package as built in a page. */
export interface Functions {
  readonly audit: typeof audit;
  readonly imageBatches: typeof imageBatches;
  readonly kFold: typeof kFold;
  readonly split: typeof split;
}

/** What is to be the same everywhere. */
export interface Outcome {
  /** Audit, split and folds as JSON; files by their last name, since a page knows no folders of the disk. */
  readonly text: string;
  /** `[n, 48, 64, 3]`, the readable images in the order of the data set. */
  readonly pixels: readonly number[];
}

/** Looks at a data set as a training run does. */
export async function outcomeOf(
  { audit, imageBatches, kFold, split }: Functions,
  dataset: Dataset,
  decode: ImageDecoder,
): Promise<Outcome> {
  const report = await audit(dataset, { decode });
  const parts = split(dataset, { ratios: "60/20/20" });
  const folds = kFold(dataset, { folds: 3 });
  const damaged = new Set(report.unreadable.map(({ id }) => id));
  const ids = dataset.entries.map(({ id }) => id).filter((id) => !damaged.has(id));
  const source = imageBatches(dataset, { ids, size: [48, 64], batchSize: 8, decode });
  const pixels: number[] = [];
  for await (const { images } of source.batches(0)) pixels.push(...images);
  const entries = dataset.entries;
  await dataset.close();
  const text = JSON.stringify({ classes: dataset.classes, entries, report, parts, folds }, (key, value: unknown) => {
    // Messages name the place of a file in words.
    if (key === "message" || key === "reason") return undefined;
    return key === "file" ? String(value).split("/").at(-1) : value;
  });
  return { text, pixels };
}
