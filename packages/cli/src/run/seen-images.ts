import type { Dataset } from "@cassava/contracts";
import { audit, isDataError, memoryDataset } from "@cassava/data";
import { defaultDecoder, openDataset } from "@cassava/data/node";

/** Images of a data set that bear a name of those that a run has trained or validated on. */
export interface SeenImages {
  /** They are what the run has seen, or cannot be told from it. */
  readonly seen: ReadonlySet<string>;
  /** Other photographs of the same name, as in folders `train/healthy/1.jpg` and `test/healthy/1.jpg`. */
  readonly others: number;
}

/**
 * Tells apart which of `names`, images of `dataset`, are those of the run: by their bytes, or as look-alikes, since a photograph of the
 * run may be here in another size. Where the run's own data set, in `own`, is gone, or holds no such image, the name decides.
 */
export async function seenImages(
  dataset: Dataset,
  names: readonly string[],
  own: readonly string[],
  signal: AbortSignal,
): Promise<SeenImages> {
  const trained = await openOwn(own);
  if (trained === undefined) return { seen: new Set(names), others: 0 };
  try {
    const known = new Map(trained.entries.map((entry) => [entry.id, entry]));
    const here = new Map(dataset.entries.map((entry) => [entry.id, entry]));
    const seen = new Set<string>();
    for (const name of names) {
      signal.throwIfAborted();
      const [one, other] = [here.get(name)!, known.get(name)];
      if (other === undefined || (await isSameImage(await dataset.read(one), await trained.read(other))))
        seen.add(name);
    }
    return { seen, others: names.length - seen.size };
  } finally {
    await trained.close();
  }
}

/** Undefined where it has moved. */
async function openOwn(paths: readonly string[]): Promise<Dataset | undefined> {
  try {
    return await openDataset(paths);
  } catch (error) {
    if (isDataError(error)) return undefined;
    throw error;
  }
}

/** True where the audit takes them for one: equal bytes, or what looks alike; and where one of them cannot be read. */
async function isSameImage(a: Uint8Array, b: Uint8Array): Promise<boolean> {
  const images = [
    { id: "a", bytes: a },
    { id: "b", bytes: b },
  ];
  const found = await audit(memoryDataset({ classes: ["any"], images }), { decode: defaultDecoder() });
  return found.duplicates.groups.length + (found.nearDuplicates?.groups.length ?? 0) + found.unreadable.length > 0;
}
