import { attempt } from "./announce.ts";
import { h } from "./dom.ts";
import { droppedFiles } from "./dropped-files.ts";

/** What a drop zone takes. */
export interface DropZoneOptions {
  /** The name of the file input, and the first line of the zone. */
  readonly label: string;
  /** The second line. */
  readonly hint?: string;
  /** As the attribute `accept` of a file input. */
  readonly accept?: string;
  /** The button picks a folder in place of files; both may be dropped. */
  readonly folder?: boolean;
  readonly multiple?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A file input, reached by the keyboard, that files can be dropped on too. */
export function dropZone({ label, hint, accept = "", folder, multiple = true, onFiles }: DropZoneOptions): HTMLElement {
  const input = h("input", { type: "file", accept, multiple, ariaLabel: label, webkitdirectory: folder ?? false });
  input.onchange = () => {
    const files = [...(input.files ?? [])];
    // The same files may be chosen again.
    input.value = "";
    if (files.length > 0) onFiles(files);
  };
  const zone = h(
    "label",
    { className: "drop" },
    input,
    h("strong", {}, label),
    hint !== undefined && h("span", {}, hint),
  );
  zone.ondragover = (event) => {
    event.preventDefault();
    zone.classList.add("over");
  };
  zone.ondragleave = () => zone.classList.remove("over");
  zone.ondrop = (event) => {
    event.preventDefault();
    // What falls beside every zone is sorted by its kind; this is not beside.
    event.stopPropagation();
    zone.classList.remove("over");
    void attempt(async () => {
      const files = await droppedFiles(event.dataTransfer);
      if (files.length > 0) onFiles(files);
    });
  };
  return zone;
}
