import { h } from "../ui/dom.ts";
import type { RecordView } from "./messages.ts";

/** A record: its image, if it has one, and every feature. `urls` collects what must be revoked when the card goes. */
export function recordCard({ index, name, byteLength, features, problem }: RecordView, urls: string[]): HTMLElement {
  const image = features.find((feature) => feature.image !== undefined)?.image;
  const list = h("dl");
  for (const feature of features) list.append(h("dt", {}, feature.name), h("dd", {}, feature.text));
  return h(
    "li",
    { className: "card record" },
    image !== undefined && thumbnail(image, name, urls),
    h("h3", {}, name),
    h("p", { className: "quiet" }, `number ${index}, ${byteLength.toLocaleString("en")} bytes`),
    problem === undefined ? list : h("p", { className: "warning" }, problem),
  );
}

/** An image that the browser decodes outside of this thread when it comes into view. */
export function thumbnail(image: Blob, alt: string, urls: string[]): HTMLImageElement {
  const url = URL.createObjectURL(image);
  urls.push(url);
  return h("img", { src: url, alt, decoding: "async", loading: "lazy" });
}
