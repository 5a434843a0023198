/** Files, paths and shards: the part of `@cassava/tfrecord` that needs Node. */

export { expandPaths } from "./node/expand-paths.ts";
export { type LoadIndexOptions, loadIndex, type SaveIndexOptions, saveIndex } from "./node/index-files.ts";
export { openFile, type TFRecordFile } from "./node/open-file.ts";
export { createShardWriter, type Shard, type ShardWriter, type ShardWriterOptions } from "./node/shard-writer.ts";
