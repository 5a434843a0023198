import type { Dataset } from "@cassava/data";
import { browserDecoder } from "@cassava/data/browser";

/** A photograph that was chosen, dropped, or taken from a record. */
export interface Photo {
  /** Unique among those that go together. */
  readonly id: string;
  readonly file: Blob;
  /** Class index, where it is known. */
  readonly label?: number;
}

/** The same pixels as in Node, bit for bit; its WebAssembly is loaded from beside the page. */
export const decoder = browserDecoder();

/** Photographs as a data set: the bytes of a file are read when they are asked for, and not kept. */
export function photoDataset(classes: readonly string[], photos: readonly Photo[]): Dataset {
  const byId = new Map(photos.map((photo) => [photo.id, photo]));
  return {
    classes: classes.map((name, index) => ({ index, name })),
    entries: photos.map(({ id, label }) => ({ id, file: id, ...(label !== undefined && { label }) })),
    problems: [],
    read: async ({ id }) => new Uint8Array(await byId.get(id)!.file.arrayBuffer()),
    close: async () => {},
  };
}

/** Files as photographs; of files with one name each gets a number, so that none is lost. */
export function photosOf(files: readonly File[]): Photo[] {
  const seen = new Map<string, number>();
  return files.map((file) => {
    const before = seen.get(file.name) ?? 0;
    seen.set(file.name, before + 1);
    return { id: before === 0 ? file.name : `${file.name} (${before + 1})`, file };
  });
}

/** What file inputs offer. */
export const PHOTO_TYPES = "image/jpeg,image/png,image/webp";
