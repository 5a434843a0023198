import { PHOTO_TYPES } from "../photos.ts";
import { thumbnail } from "../records/record-card.ts";
import { announce } from "../ui/announce.ts";
import { h } from "../ui/dom.ts";
import { dropZone } from "../ui/drop-zone.ts";

const THUMBNAILS = 8;

/** A class that the user makes: a name and photographs. */
export interface ClassCard {
  readonly element: HTMLElement;
  readonly name: string;
  readonly files: readonly File[];
}

export interface ClassCardOptions {
  readonly name: string;
  readonly onChange: () => void;
  readonly onRemove: (card: ClassCard) => void;
}

export function classCard({ name, onChange, onRemove }: ClassCardOptions): ClassCard {
  const files: File[] = [];
  const urls: string[] = [];
  const input = h("input", { type: "text", value: name });
  const count = h("p", { className: "quiet" }, "no photographs yet");
  const pictures = h("div", { className: "strip" });
  const remove = h("button", { type: "button" }, "Remove class");

  const add = (added: readonly File[]): void => {
    files.push(...added);
    count.textContent = `${files.length} photographs`;
    const room = THUMBNAILS - pictures.childElementCount;
    pictures.append(...added.slice(0, room).map((file) => thumbnail(file, file.name, urls)));
    announce(`${input.value}: ${files.length} photographs.`);
    onChange();
  };
  const zone = dropZone({ label: "Add photographs", hint: "choose or drop", accept: PHOTO_TYPES, onFiles: add });
  // For screen readers, which hear of a zone without the card around it.
  const relabel = (): void => {
    zone.querySelector("input")!.ariaLabel = `Add photographs of ${input.value}`;
  };
  relabel();
  input.oninput = () => {
    relabel();
    onChange();
  };
  const element = h(
    "li",
    { className: "card" },
    h("label", {}, "Name of the class ", input),
    zone,
    count,
    pictures,
    remove,
  );
  const card: ClassCard = {
    element,
    files,
    get name() {
      return input.value.trim();
    },
  };
  remove.onclick = () => {
    for (const url of urls) URL.revokeObjectURL(url);
    onRemove(card);
  };
  return card;
}
