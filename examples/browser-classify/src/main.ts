import { classifyScreen } from "./classify/classify-screen.ts";
import type { Photo } from "./photos.ts";
import { photosOf } from "./photos.ts";
import { recordsScreen } from "./records/records-screen.ts";
import { openAddress, reopenModel } from "./setup/current-model.ts";
import { engineCard } from "./setup/engine-card.ts";
import { modelCard, openFiles } from "./setup/model-card.ts";
import "./style.css";
import { trainScreen } from "./train/train-screen.ts";
import { attempt } from "./ui/announce.ts";
import { byId } from "./ui/dom.ts";
import { dropAnywhere } from "./ui/drop-anywhere.ts";
import { goTo, startNavigation } from "./ui/navigation.ts";

const classify = classifyScreen();
const classifyPhotos = (photos: readonly Photo[]): void => {
  goTo("classify");
  classify.show(photos);
};
const records = recordsScreen(classifyPhotos);
const train = trainScreen(() => goTo("classify"));
const engine = engineCard(reopenModel);

byId("setup").append(engine.element, modelCard());
byId("records").append(...records.elements);
byId("classify").append(...classify.elements);
byId("train").append(...train.elements);
startNavigation();
dropAnywhere({
  onRecords(files) {
    goTo("records");
    records.show(files);
  },
  onPhotos: (files) => classifyPhotos(photosOf(files)),
  onModel: openFiles,
});

await attempt(async () => {
  await engine.start();
  // `?model=model/` opens the model of that folder at once.
  const address = new URLSearchParams(location.search).get("model");
  if (address !== null) await openAddress(address);
});
