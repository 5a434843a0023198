import { byId } from "./dom.ts";

/** The screens, by the ids of their sections and the fragments of the address. */
export type ScreenName = "records" | "classify" | "train";
const SCREENS: readonly ScreenName[] = ["records", "classify", "train"];

/** Shows the screen that the address names, now and whenever it changes: links, the back button and bookmarks work. */
export function startNavigation(): void {
  const show = (): void => {
    const named = SCREENS.find((name) => `#${name}` === location.hash) ?? "records";
    for (const name of SCREENS) byId(name).hidden = name !== named;
    for (const link of document.querySelectorAll("nav a")) {
      link.ariaCurrent = link.getAttribute("href") === `#${named}` ? "page" : null;
    }
  };
  addEventListener("hashchange", show);
  show();
}

/** Goes to a screen and puts the keyboard's focus there. */
export function goTo(name: ScreenName): void {
  location.hash = name;
  byId(name).hidden = false;
  byId(name).querySelector("h2")?.focus();
}
