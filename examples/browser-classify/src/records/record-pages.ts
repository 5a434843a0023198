import type { Photo } from "../photos.ts";
import { announce, attempt } from "../ui/announce.ts";
import { h } from "../ui/dom.ts";
import type { RecordView } from "./messages.ts";
import type { OpenRecords } from "./open-records.ts";
import { recordCard } from "./record-card.ts";

const PER_PAGE = 24;

/** The records of a file, a page at a time: only what is shown is read and decoded. */
export async function recordPages(
  records: OpenRecords,
  count: number,
  onClassify: (photos: readonly Photo[]) => void,
): Promise<HTMLElement> {
  const pages = Math.max(1, Math.ceil(count / PER_PAGE));
  const list = h("ul", { className: "grid" });
  const number = h("input", { type: "number", min: "1", max: String(pages), value: "1" });
  const previous = h("button", { type: "button" }, "Previous");
  const next = h("button", { type: "button" }, "Next");
  const classify = h("button", { type: "button" }, "Classify these");
  let urls: string[] = [];
  let shown: readonly RecordView[] = [];

  const show = async (page: number): Promise<void> => {
    const wanted = Math.min(pages, Math.max(1, Math.round(page) || 1));
    const from = (wanted - 1) * PER_PAGE;
    shown = await records.page(from, Math.min(count, from + PER_PAGE));
    for (const url of urls) URL.revokeObjectURL(url);
    const fresh: string[] = [];
    list.replaceChildren(...shown.map((record) => recordCard(record, fresh)));
    urls = fresh;
    number.value = String(wanted);
    previous.disabled = wanted === 1;
    next.disabled = wanted === pages;
    classify.disabled = photosIn(shown).length === 0;
    announce(`Page ${wanted} of ${pages}.`);
  };
  previous.onclick = () => attempt(() => show(Number(number.value) - 1));
  next.onclick = () => attempt(() => show(Number(number.value) + 1));
  number.onchange = () => attempt(() => show(Number(number.value)));
  classify.onclick = () => onClassify(photosIn(shown));

  await show(1);
  const place = h("label", {}, "Page ", number, ` of ${pages}`);
  return h(
    "div",
    {},
    h("div", { className: "line", role: "group", ariaLabel: "Pages" }, previous, place, next, classify),
    list,
  );
}

function photosIn(records: readonly RecordView[]): Photo[] {
  return records.flatMap(({ index, name, features }) => {
    const image = features.find((feature) => feature.image !== undefined)?.image;
    return image === undefined ? [] : [{ id: `${index}: ${name}`, file: image }];
  });
}
