import type { Photo } from "../photos.ts";
import { announce, attempt } from "../ui/announce.ts";
import { h } from "../ui/dom.ts";
import { dropZone } from "../ui/drop-zone.ts";
import { fileSize } from "../ui/words.ts";
import { fileSummary } from "./file-summary.ts";
import { type OpenRecords, openRecords } from "./open-records.ts";
import { recordPages } from "./record-pages.ts";

/**
 * Look into TFRecord files.
 *
 * @param onClassify takes the photographs of a page
 */
export function recordsScreen(onClassify: (photos: readonly Photo[]) => void) {
  const bar = h("progress", { max: 1, ariaLabel: "Reading the file" });
  const read = h("span");
  const progress = h("p", { className: "line", hidden: true }, bar, read);
  const content = h("div");
  let open: OpenRecords | undefined;

  const show = (files: readonly File[]): Promise<void> =>
    attempt(async () => {
      open?.close();
      content.replaceChildren();
      const file = files[0]!;
      announce(`Reading ${file.name}.`);
      const records = openRecords(file, (share) => {
        bar.value = share;
        read.textContent = `${Math.round(100 * share)} % of two passes over ${fileSize(file.size)}`;
      });
      open = records;
      bar.value = 0;
      progress.hidden = false;
      try {
        const view = await records.view;
        announce(`${file.name}: ${view.records} records.`);
        const pages = await recordPages(records, view.records, onClassify);
        content.replaceChildren(fileSummary(view), pages);
      } finally {
        if (open === records) progress.hidden = true;
      }
    });

  const stop = h("button", { type: "button", onclick: () => open?.close() }, "Stop");
  progress.append(stop);
  const zone = dropZone({
    label: "Choose a TFRecord file",
    hint: "or drop it here; it is read in pieces and never leaves this machine",
    accept: ".tfrec,.tfrecord,.tfrecords",
    multiple: false,
    onFiles: show,
  });
  return { elements: [zone, progress, content], show };
}
