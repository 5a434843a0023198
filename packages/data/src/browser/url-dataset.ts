import type { ClassInfo, Dataset, DatasetEntry, Store } from "@cassava/contracts";
import { httpAccess } from "@cassava/tfrecord/random-access";
import { DataError } from "../errors.ts";
import { type FileDatasetContent, fileDataset } from "../files/file-dataset.ts";
import { keepFirst } from "../keep-first.ts";
import { classList, labelMapName, parseLabelMap, resolveLabels, type StatedLabel } from "../labels.ts";
import { orderedMap } from "../ordered-map.ts";
import { baseName, type ReadShardOptions, recordError } from "../shards/read-shard.ts";
import { type OpenShard, type RecordFeatures, recordFeatures, shardDataset } from "../shards/shard-dataset.ts";
import { shardContent } from "./keep-index.ts";

/** How servers are asked. */
export interface RequestOptions {
  /** Sent with each request, for instance an authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Another implementation of `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** How {@link urlDataset} reads. */
export interface UrlDatasetOptions extends RequestOptions {
  /** Names of the features of a record. Default: the competition's, `image`, `image_name`, `target`. */
  readonly features?: RecordFeatures;
  /** Class names in the order of their indices, in place of a label map beside the first file or one folder up. */
  readonly classes?: readonly (string | ClassInfo)[];
  /** `skip`: damaged records go to `problems`. Default "throw". */
  readonly onCorrupt?: "throw" | "skip";
  /** Keeps the indexes of shards from one visit to the next. */
  readonly indexes?: Store;
}

/**
 * TFRecord files on a server that supports ranges (RFC 9110, section 14) as a data set; each image is one request. Names
 * and labels come from an index beside the file (`x.tfrec.dataset.json`, which `tfrecordDataset` of
 * `@cassava/data/node` writes) or from `indexes`; where neither is there the whole file is downloaded once. An index
 * beside a file is taken for its own where the sizes agree.
 *
 * Throws a DataError: RECORD_UNREADABLE for an address that cannot be read (`cause` is the TFRecordError) and for damage;
 * DATASET_MISSING without an address; and what `tfrecordDataset` throws.
 */
export async function urlDataset(urls: string | readonly string[], options: UrlDatasetOptions = {}): Promise<Dataset> {
  const { onCorrupt = "throw", classes } = options;
  const { imageFeature, ...features } = recordFeatures(options.features);
  const addresses = [urls].flat();
  if (addresses.length === 0) {
    throw new DataError("DATASET_MISSING", "urlDataset: no address was given: name the TFRecord files");
  }
  const shards: OpenShard[] = [];
  const open = (url: string) => openShard(url, { ...features, onCorrupt }, options);
  for await (const shard of orderedMap(addresses, 1, open)) shards.push(shard);
  const map = classes === undefined ? await fetchLabelMap(addresses[0]!, options) : classList(classes);
  return shardDataset(shards, { imageFeature, map });
}

async function openShard(url: string, settings: ReadShardOptions, options: UrlDatasetOptions): Promise<OpenShard> {
  try {
    const access = await httpAccess(url, options);
    const content = await shardContent(
      { name: url, access, stream: () => download(url, options) },
      { name: url, byteLength: access.byteLength },
      settings,
      { store: options.indexes, beside: () => fetchText(`${url}.dataset.json`, options) },
    );
    return { ...content, name: url, use: (work) => work(access), close: async () => undefined };
  } catch (cause) {
    throw recordError(cause, { file: url });
  }
}

/** A file from front to back, in one request. */
async function* download(url: string, options: RequestOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const response = await request(url, options);
  if (!response.ok || response.body === null) {
    const message = `${url} cannot be read (the server answered ${response.status}): check the address`;
    throw new DataError("RECORD_UNREADABLE", message, { file: url });
  }
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** An image on a server. */
export interface ImageUrl {
  readonly url: string;
  /** Unique in the data set. Default: the last part of the address. */
  readonly id?: string;
  /** A class index, or a class name; absent where unlabelled. */
  readonly label?: number | string;
}

/** What {@link imageUrlDataset} is told beside the addresses. */
export interface ImageUrlDatasetOptions extends RequestOptions {
  /** Class names in the order of their indices. Default: from the labels. */
  readonly classes?: readonly (string | ClassInfo)[];
}

/**
 * Images by their addresses, one request each. An id that occurs again goes to `problems`. Throws a DataError at once:
 * NO_IMAGES, LABEL_UNKNOWN, LABEL_CONFLICT; `read` throws IMAGE_UNREADABLE with the status where the server does not
 * answer 200.
 */
export function imageUrlDataset(images: readonly ImageUrl[], options: ImageUrlDatasetOptions = {}): Dataset {
  if (images.length === 0) {
    throw new DataError("NO_IMAGES", "imageUrlDataset: no address was given: name the images");
  }
  const stated = images.map(
    ({ url, id, label }): StatedLabel => ({
      id: id ?? baseName(url),
      file: url,
      ...(label !== undefined && { label }),
    }),
  );
  const map = options.classes === undefined ? undefined : classList(options.classes);
  const { classes, labels } = resolveLabels(stated, map);
  const { kept, problems } = keepFirst(stated.map((one, at) => ({ ...one, index: labels[at] })));
  const entries = kept.map(
    ({ id, file, index }): DatasetEntry => ({ id, ...(index !== undefined && { label: index }), file }),
  );
  const content: FileDatasetContent = { classes, entries, problems };
  return fileDataset(content, async ({ file }) => {
    const response = await request(file, options);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    await response.body?.cancel();
    throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
  });
}

async function fetchLabelMap(url: string, options: RequestOptions): Promise<ClassInfo[] | undefined> {
  for (const relative of [labelMapName, `../${labelMapName}`]) {
    const file = new URL(relative, new URL(url, globalThis.location?.href)).href;
    const json = await fetchText(file, options);
    if (json !== undefined) return parseLabelMap(json, { file });
  }
  return undefined;
}

/** The JSON text at an address; undefined where there is none: servers of web apps answer a page there. */
async function fetchText(url: string, options: RequestOptions): Promise<string | undefined> {
  const response = await request(url, options).catch(() => undefined);
  if (response === undefined) return undefined;
  const text = await response.text();
  return response.ok && text.trimStart().startsWith("{") ? text : undefined;
}

function request(url: string, { headers = {}, fetch = globalThis.fetch }: RequestOptions): Promise<Response> {
  return fetch(url, { headers: { ...headers } });
}
