import type { ClassInfo, Dataset, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import { imageAt, unknownId } from "../dataset.ts";
import { DataError, isDataError, reasonOf } from "../errors.ts";

/** What a {@link fileDataset} holds. */
export interface FileDatasetContent {
  readonly classes: readonly ClassInfo[];
  readonly entries: readonly DatasetEntry[];
  readonly problems: readonly DatasetProblem[];
}

/**
 * A data set of one file an image, read when it is asked for, so that nothing is held open. What `readFile` throws
 * becomes a DataError (IMAGE_UNREADABLE) with file and id.
 */
export function fileDataset(
  { classes, entries, problems }: FileDatasetContent,
  readFile: (entry: DatasetEntry) => Promise<Uint8Array>,
): Dataset {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return {
    classes,
    entries,
    problems,
    async read({ id }) {
      const entry = byId.get(id);
      if (entry === undefined) throw unknownId(id, "read");
      const { file } = entry;
      try {
        return await readFile(entry);
      } catch (cause) {
        if (isDataError(cause)) throw cause;
        const message = `${imageAt(id, file)} cannot be read (${reasonOf(cause)}): check the file, or leave out the image`;
        throw new DataError("IMAGE_UNREADABLE", message, { file, id, cause });
      }
    },
    async close() {
      // Nothing stays open between reads.
    },
  };
}
