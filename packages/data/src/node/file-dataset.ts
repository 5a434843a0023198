import { readFile } from "node:fs/promises";
import type { ClassInfo, Dataset, DatasetEntry, DatasetProblem } from "@cassava/contracts";
import { unknownId } from "../dataset.ts";
import { DataError, reasonOf } from "../errors.ts";
import { plainBytes } from "./plain-bytes.ts";

/** A data set of one file an image: opened when it is read, so that nothing is held open. */
export function fileDataset(
  classes: readonly ClassInfo[],
  entries: readonly DatasetEntry[],
  problems: readonly DatasetProblem[],
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
        return plainBytes(await readFile(file));
      } catch (cause) {
        const message = `image "${id}" of ${file} cannot be read (${reasonOf(cause)}): check the file, or leave out the image`;
        throw new DataError("IMAGE_UNREADABLE", message, { file, id, cause });
      }
    },
    async close() {
      // Nothing stays open between reads.
    },
  };
}
