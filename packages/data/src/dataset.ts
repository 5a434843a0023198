import type { ClassInfo, Dataset, DatasetEntry } from "@cassava/contracts";
import { DataError } from "./errors.ts";

/** One image of a {@link memoryDataset}. */
export interface MemoryImage {
  /** Unique in its data set. */
  readonly id: string;
  /** Class index; absent where unlabelled. */
  readonly label?: number;
  /** The encoded image (JPEG, PNG or WebP). */
  readonly bytes: Uint8Array;
}

/** What a {@link memoryDataset} holds. */
export interface MemoryDatasetOptions {
  /** Class names, or classes whose indices are their positions. */
  readonly classes: readonly (string | ClassInfo)[];
  readonly images: readonly MemoryImage[];
}

/**
 * A data set whose encoded images are in memory already: for tests, a browser's file input, a demo. The bytes are not
 * copied. Throws a DataError: ID_DUPLICATE for an id that occurs twice, LABEL_UNKNOWN for a label outside `classes`.
 */
export function memoryDataset({ classes, images }: MemoryDatasetOptions): Dataset {
  const infos = classes.map(
    (value, index): ClassInfo => ({ index, name: typeof value === "string" ? value : value.name }),
  );
  const bytes = new Map<string, Uint8Array>();
  const file = "(memory)";
  const entries = images.map(({ id, label, bytes: encoded }): DatasetEntry => {
    if (bytes.has(id)) {
      throw new DataError("ID_DUPLICATE", `memoryDataset: the id "${id}" occurs twice: give each image its own id`, {
        id,
      });
    }
    if (label !== undefined && (!Number.isInteger(label) || label < 0 || label >= infos.length)) {
      const message = `memoryDataset: the label of "${id}" is ${label}: use an integer from 0 to ${infos.length - 1}, or add the class`;
      throw new DataError("LABEL_UNKNOWN", message, { id });
    }
    bytes.set(id, encoded);
    return label === undefined ? { id, file } : { id, label, file };
  });
  return {
    classes: infos,
    entries,
    problems: [],
    async read(entry) {
      const found = bytes.get(entry.id);
      if (found === undefined) throw unknownId(entry.id, "read");
      return found;
    },
    async close() {
      // Nothing is open: the bytes belong to the caller.
    },
  };
}

/** The error for an id that a data set does not hold. */
export function unknownId(id: string, caller: string): DataError {
  return new DataError(
    "ID_UNKNOWN",
    `${caller}: no image of this data set has the id "${id}": take ids from dataset.entries`,
    { id },
  );
}

/** The entries of `ids`, in their order; all entries where `ids` is absent. Throws a DataError (ID_UNKNOWN). */
export function entriesOf(
  dataset: Dataset,
  ids: readonly string[] | undefined,
  caller: string,
): readonly DatasetEntry[] {
  if (ids === undefined) return dataset.entries;
  const byId = new Map(dataset.entries.map((entry) => [entry.id, entry]));
  return ids.map((id) => {
    const entry = byId.get(id);
    if (entry === undefined) throw unknownId(id, caller);
    return entry;
  });
}

/** "image `id` of `place`" as messages begin; the place alone where it ends with the id, as that of a file does. */
export function imageAt(id: string, place: string): string {
  const path = place.replaceAll("\\", "/");
  return path === id || path.endsWith(`/${id}`) ? `image ${place}` : `image "${id}" of ${place}`;
}

/** "`file` (record 12)" or "`file`": how messages name the place of an entry. */
export function placeOf({ file, record }: Pick<DatasetEntry, "file" | "record">): string {
  return record === undefined ? file : `${file} (record ${record})`;
}
