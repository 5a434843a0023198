/** Files, paths and shards: the part of `@cassava/tfrecord` that needs Node. */

export { expandPaths } from "./node/expand-paths.ts";
export { indexPath, type LoadIndexOptions, loadIndex, type SaveIndexOptions, saveIndex } from "./node/index-files.ts";
export { nativeCrc32c } from "./node/native-crc32c.ts";
export { openFile, type TFRecordFile } from "./node/open-file.ts";
export { type RepairFileOptions, type RepairReport, repairFile } from "./node/repair-file.ts";
export { createShardWriter, type Shard, type ShardWriter, type ShardWriterOptions } from "./node/shard-writer.ts";
export {
  type WriteRecordsFileOptions,
  type WrittenFile,
  writeRecordsFile,
} from "./node/write-records-file.ts";
