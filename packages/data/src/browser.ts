export { type BrowserDecoderOptions, browserDecoder } from "./browser/browser-decoder.ts";
export type { JpegWasm } from "./browser/jpeg-codec.ts";
export {
  directoryDataset,
  filesDataset,
  type LocalDatasetOptions,
} from "./browser/local-dataset.ts";
export type { DirectoryHandleLike, FileHandleLike } from "./browser/local-files.ts";
export {
  type ImageUrl,
  type ImageUrlDatasetOptions,
  imageUrlDataset,
  type RequestOptions,
  type UrlDatasetOptions,
  urlDataset,
} from "./browser/url-dataset.ts";
