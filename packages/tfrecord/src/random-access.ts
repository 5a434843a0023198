/** Records by number: indexes, files in memory, in a Blob, behind HTTP ranges; exact shuffling. */
export { blobAccess, bytesAccess } from "./access.ts";
export { type HttpAccessOptions, httpAccess } from "./http-access.ts";
export { type ReadRecordsAtOptions, readRecordsAt } from "./read-records-at.ts";
export {
  type BuildIndexOptions,
  buildIndex,
  type ReadRecordAtOptions,
  type RecordIndex,
  readRecordAt,
} from "./record-index.ts";
export { type ParseIndexOptions, parseIndex, type SerializeIndexOptions, serializeIndex } from "./serialize-index.ts";
export {
  type IndexedFile,
  type ReadShuffledOptions,
  readShuffled,
  type ShuffledRecord,
  type ShuffleOptions,
  shuffledOrder,
} from "./shuffle.ts";
export type { RandomAccess } from "./source.ts";
