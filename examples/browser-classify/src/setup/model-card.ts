import { announce, attempt } from "../ui/announce.ts";
import { h } from "../ui/dom.ts";
import { dropZone } from "../ui/drop-zone.ts";
import { currentModel, openAddress, openModel } from "./current-model.ts";
import { filesStore, savedModel } from "./model-stores.ts";

/** Which model is open, and the three ways to open one: an address, files, what was saved in this browser. */
export function modelCard(): HTMLElement {
  const name = h("strong");
  const more = h("span", { className: "quiet" });
  const address = h("input", { type: "text", value: "model/", spellcheck: false });
  const open = h("details", {}, h("summary", {}, "Open another model"));
  currentModel.watch((now) => {
    if (now === undefined) {
      name.textContent = "none yet";
      more.textContent = " open one to classify and to train";
      open.open = true;
      return;
    }
    const { backbone, classes } = now.model;
    name.textContent = `${backbone.spec.name}, ${backbone.inputSize} px`;
    more.textContent = ` ${classes.map((one) => one.name).join(", ")} (${now.origin})`;
    announce(`Model open: ${name.textContent}, ${classes.length} classes.`);
    open.open = false;
  });

  const fromAddress = h("form", { className: "line" });
  fromAddress.append(h("label", {}, "Address of the folder ", address), h("button", {}, "Open"));
  fromAddress.onsubmit = (event) => {
    event.preventDefault();
    attempt(() => openAddress(address.value));
  };
  open.append(
    fromAddress,
    h("p", { className: "quiet" }, "model/ is what you copied to public/model/ of this example"),
    dropZone({
      label: "Choose the model folder",
      hint: "the folder model of a run of cassava train, such as runs/first/model; or drop it, its files or a zip of them here",
      folder: true,
      onFiles: openFiles,
    }),
    h(
      "button",
      { type: "button", onclick: () => attempt(() => openModel(savedModel, "saved in this browser")) },
      "Open what was saved in this browser",
    ),
  );
  return h("section", { className: "card", ariaLabel: "Model" }, h("p", {}, "Model: ", name, more), open);
}

/** Opens a model from files, wherever on the page they were dropped. */
export function openFiles(files: readonly File[]): Promise<void> {
  const [folder] = files[0]?.webkitRelativePath.split("/") ?? [];
  return attempt(async () => openModel(await filesStore(files), folder || files.map(({ name }) => name).join(", ")));
}
