import type { ClassInfo, Dataset, Store } from "@cassava/contracts";
import { blobAccess } from "@cassava/tfrecord/random-access";
import { DataError } from "../errors.ts";
import { csvContent } from "../files/csv-content.ts";
import { fileDataset } from "../files/file-dataset.ts";
import { folderContent } from "../files/folder-content.ts";
import { isImageName, isShardName } from "../files/image-names.ts";
import { refuseUnreadCsv } from "../files/misread-folder.ts";
import { classList, labelMapName, parseLabelMap } from "../labels.ts";
import type { ReadShardOptions } from "../shards/read-shard.ts";
import { type OpenShard, type RecordFeatures, recordFeatures, shardDataset } from "../shards/shard-dataset.ts";
import { shardContent } from "./keep-index.ts";
import { type DirectoryHandleLike, directoryFiles, type LocalFile, localFiles } from "./local-files.ts";

/** Options of whichever kind of data set is found; those of the other kinds do nothing. */
export interface LocalDatasetOptions {
  /** Names of the features of a record. Default: the competition's, `image`, `image_name`, `target`. */
  readonly features?: RecordFeatures;
  /** The label file. Default "train.csv". */
  readonly csv?: string;
  /** The folder of the images, beside the label file. Default "train_images". */
  readonly images?: string;
  /** Column of the image names. Default "image_id". */
  readonly idColumn?: string;
  /** Column of the labels. Default "label". */
  readonly labelColumn?: string;
  /** Class names in the order of their indices, in place of a label map among the files. */
  readonly classes?: readonly (string | ClassInfo)[];
  /** `skip`: damaged records go to `problems`. Default "throw". */
  readonly onCorrupt?: "throw" | "skip";
  /** Keeps the indexes of shards from one visit to the next. Default: shards are read through once each time. */
  readonly indexes?: Store;
}

/**
 * A data set of files that the user picked or dropped, recognized as `openDataset` does in Node: `train.csv` with its
 * images (in `train_images/`, or beside it where files were picked without folders), TFRecord files, or one folder of
 * images for each class. Files are read when they are asked for; their bytes are not kept.
 *
 * Throws a DataError: DATASET_UNKNOWN where it is none of these, CSV_UNREAD where images have fewer than two classes and a CSV of
 * another name; and what the data sets of `@cassava/data/node` throw.
 */
export async function filesDataset(files: Iterable<File>, options: LocalDatasetOptions = {}): Promise<Dataset> {
  return localDataset(localFiles(files), "the chosen files", options);
}

/**
 * A data set of a folder that the user gave access to (`showDirectoryPicker`, or a folder of the origin's private file system),
 * as {@link filesDataset}.
 */
export async function directoryDataset(
  handle: DirectoryHandleLike,
  options: LocalDatasetOptions = {},
): Promise<Dataset> {
  return localDataset(await directoryFiles(handle), handle.name, options);
}

async function localDataset(
  files: readonly LocalFile[],
  origin: string,
  options: LocalDatasetOptions,
): Promise<Dataset> {
  const { csv = "train.csv", images = "train_images" } = options;
  const byPath = new Map(files.map((file) => [file.path, file]));
  const paths = [...byPath.keys()];
  const read = async (path: string): Promise<Uint8Array> =>
    new Uint8Array(await (await byPath.get(path)!.open()).arrayBuffer());

  const labelFile = shallowest(paths.filter((path) => path === csv || path.endsWith(`/${csv}`)));
  if (labelFile !== undefined && paths.some(isImageName)) {
    const content = await localCsv(labelFile, byPath, options);
    return fileDataset(content, (entry) => read(entry.file));
  }
  const firstShard = shallowest(paths.filter((path) => isShardName(nameOf(path))));
  if (firstShard !== undefined) {
    const folder = folderOf(firstShard);
    const beside = paths.filter((path) => folderOf(path) === folder && isShardName(nameOf(path)));
    return localShards(beside, byPath, options);
  }
  if (paths.some(isImageName)) {
    const content = folderContent({
      folder: origin,
      present: paths,
      map: await mapOf("", byPath, options),
      pathOf: (name) => name,
    });
    const dataset = fileDataset(content, (entry) => read(entry.file));
    refuseUnreadCsv(dataset, origin, { csv, images });
    return dataset;
  }
  const message = `${origin}: no data set: choose ${csv} with its images, or *.tfrec files, or one folder of JPEG, PNG or WebP images for each class`;
  throw new DataError("DATASET_UNKNOWN", message, { file: origin });
}

async function localCsv(file: string, byPath: ReadonlyMap<string, LocalFile>, options: LocalDatasetOptions) {
  const { images = "train_images", idColumn = "image_id", labelColumn = "label" } = options;
  const folder = folderOf(file);
  const paths = [...byPath.keys()];
  const own = `${folder}${images}/`;
  const imageFolder = paths.some((path) => path.startsWith(own)) ? own : folder;
  return csvContent({
    file,
    text: await textOf(byPath.get(file)!),
    idColumn,
    labelColumn,
    map: await mapOf(folder, byPath, options),
    imageFolder: imageFolder === "" ? "the chosen files" : imageFolder.slice(0, -1),
    present: paths.filter((path) => path.startsWith(imageFolder)).map((path) => path.slice(imageFolder.length)),
    pathOf: (name) => imageFolder + name,
  });
}

async function localShards(
  paths: readonly string[],
  byPath: ReadonlyMap<string, LocalFile>,
  options: LocalDatasetOptions,
): Promise<Dataset> {
  const { onCorrupt = "throw", indexes } = options;
  const { imageFeature, ...features } = recordFeatures(options.features);
  const shards: OpenShard[] = [];
  for (const path of paths) {
    const settings: ReadShardOptions = { ...features, onCorrupt };
    const file = await byPath.get(path)!.open();
    const access = { ...blobAccess(file), name: path };
    const content = await shardContent(
      { name: path, access, stream: () => file },
      { name: path, byteLength: file.size, modified: file.lastModified },
      settings,
      {
        store: indexes,
        beside: async () => {
          const index = byPath.get(`${path}.dataset.json`);
          return index && (await textOf(index));
        },
      },
    );
    shards.push({ ...content, name: path, use: (work) => work(access), close: async () => undefined });
  }
  return shardDataset(shards, { imageFeature, map: await mapOf(folderOf(paths[0]!), byPath, options) });
}

/** Classes of the options, else of the label map in `folder` or one folder up; undefined where there is none. */
async function mapOf(
  folder: string,
  byPath: ReadonlyMap<string, LocalFile>,
  { classes }: LocalDatasetOptions,
): Promise<ClassInfo[] | undefined> {
  if (classes !== undefined) return classList(classes);
  for (const place of [folder, folderOf(folder.slice(0, -1))]) {
    const file = byPath.get(place + labelMapName);
    if (file !== undefined) return parseLabelMap(await textOf(file), { file: place + labelMapName });
  }
  return undefined;
}

const textOf = async (file: LocalFile): Promise<string> => (await file.open()).text();

/** "a/b/" of "a/b/c", "" of "c". */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The path with the fewest folders, the first of equals. */
function shallowest(paths: readonly string[]): string | undefined {
  const depth = (path: string): number => path.split("/").length;
  return paths.reduce<string | undefined>(
    (best, path) => (best === undefined || depth(path) < depth(best) ? path : best),
    undefined,
  );
}
