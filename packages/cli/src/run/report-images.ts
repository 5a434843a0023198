import type { Dataset } from "@cassava/contracts";
import { imageBatches, random, shuffled } from "@cassava/data";
import { defaultDecoder } from "@cassava/data/node";
import type { ReportInput, SeenImage } from "@cassava/report";
import sharp from "sharp";
import type { ActionContext } from "../context.ts";
import { augmentationFlag } from "./augmentation.ts";
import type { RunConfig } from "./settings.ts";

/** Pixels of a side of a photograph in a report, and the quality of its JPEG. */
const [SIDE, QUALITY] = [288, 80];
/** Images that are shown as the model sees them, and augmented views of each. */
const [SEEN, VIEWS] = [6, 2];

/** Photographs of a data set by name, small enough for a page; those that cannot be read are left out and said. */
export async function photographsOf(
  dataset: Dataset,
  ids: readonly string[],
  { output }: ActionContext,
): Promise<ReadonlyMap<string, string>> {
  const entries = new Map(dataset.entries.map((entry) => [entry.id, entry]));
  const found = new Map<string, string>();
  for (const id of ids) {
    const entry = entries.get(id);
    if (entry === undefined) {
      output.warn(`${id} is not in the data set any more: the report shows it without its photograph`);
      continue;
    }
    try {
      const small = sharp(await dataset.read(entry))
        .rotate()
        .resize(SIDE, SIDE, { fit: "cover" });
      found.set(id, dataUri("jpeg", await small.jpeg({ quality: QUALITY }).toBuffer()));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      output.warn(`${id} cannot be read (${why}): the report shows it without its photograph`);
    }
  }
  return found;
}

/** A draw of training images after decoding, resizing and augmentation, on the scale of pixels that the backbone expects. */
export async function seenImages(
  dataset: Dataset,
  train: readonly string[],
  { settings, inputSize }: RunConfig,
  { signal }: ActionContext,
): Promise<NonNullable<ReportInput["seen"]>> {
  const there = new Set(dataset.entries.map(({ id }) => id));
  const known = train.filter((id) => there.has(id));
  const policy = augmentationFlag(settings.augment);
  const views = policy.steps.length > 0 ? VIEWS : 0;
  const ids = shuffled(known, random(settings.seed, "report")).slice(0, views > 0 ? SEEN : 2 * SEEN);
  const scale = settings.preprocessing === "unit" ? 1 / 255 : 1;
  const byId = new Map<string, SeenImage[]>(ids.map((id) => [id, []]));
  for (let view = 0; view <= views; view++) {
    const source = imageBatches(dataset, {
      ids,
      size: [inputSize, inputSize],
      batchSize: Math.max(1, ids.length),
      decode: defaultDecoder(),
      ...(view > 0 && { augment: { policy, seed: settings.seed, views: { only: view } } }),
    });
    for await (const { images, ids: names } of source.batches(0, signal)) {
      const length = inputSize * inputSize * 3;
      for (const [i, id] of names.entries()) {
        const pixels = Uint8Array.from(images.subarray(i * length, (i + 1) * length), (value) =>
          Math.round(value * scale),
        );
        const raw = { width: inputSize, height: inputSize, channels: 3 as const };
        const encoded = await sharp(pixels, { raw }).jpeg({ quality: 90 }).toBuffer();
        byId.get(id)!.push({ id, label: view === 0 ? "plain" : `view ${view}`, uri: dataUri("jpeg", encoded) });
      }
    }
  }
  const treated =
    scale === 1
      ? ""
      : " Pixels were divided by 255 before the backbone's own preprocessing: on its scale they are black.";
  const about = `A draw of training images at ${inputSize} x ${inputSize} pixels, as they enter the backbone's preprocessing${views > 0 ? `, with views that --augment ${settings.augment} makes` : ""}.${treated}`;
  return { about, images: [...byId.values()].flat() };
}

function dataUri(type: string, bytes: Uint8Array): string {
  return `data:image/${type};base64,${Buffer.from(bytes).toString("base64")}`;
}
