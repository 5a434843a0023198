import { attempt } from "./announce.ts";
import { droppedFiles } from "./dropped-files.ts";

/** Where files go that are dropped beside every zone. */
export interface DropTargets {
  readonly onRecords: (files: readonly File[]) => void;
  readonly onPhotos: (files: readonly File[]) => void;
  readonly onModel: (files: readonly File[]) => void;
}

/** Files of models; of those that cannot be opened the page says which can. */
const MODEL = /^(cassava|model)\.json$|\.(zip|onnx)$/;

/** Sorts what is dropped anywhere on the page by its kind. */
export function dropAnywhere({ onRecords, onPhotos, onModel }: DropTargets): void {
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    void attempt(async () => {
      const files = await droppedFiles(event.dataTransfer);
      const records = files.filter(({ name }) => /\.tfrec(ords?)?$/i.test(name));
      const photos = files.filter(({ type }) => type.startsWith("image/"));
      if (files.some(({ name }) => MODEL.test(name))) onModel(files);
      else if (records.length > 0) onRecords(records);
      else if (photos.length > 0) onPhotos(photos);
      else if (files.length > 0) throw new Error(`${files[0]!.name} is no TFRecord file, photograph or saved model`);
    });
  });
}
