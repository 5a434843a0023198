import type { EngineChoice } from "@cassava/backend";
import { announce, attempt } from "../ui/announce.ts";
import { h } from "../ui/dom.ts";
import { ENGINES, type EngineWish, startEngine } from "./engine.ts";

const NAMES: Readonly<Record<string, string>> = {
  webgpu: "WebGPU",
  webgl: "WebGL",
  wasm: "WebAssembly",
  cpu: "JavaScript",
};

/**
 * Which engine computes, and why it is this one; another can be asked for.
 *
 * @param onChange called after every start of an engine; tensors of an earlier one belong to that
 */
export function engineCard(onChange: () => Promise<void>): { readonly element: HTMLElement; start(): Promise<void> } {
  const name = h("strong", {}, "starting…");
  const why = h("div");
  const wish = h("select", { ariaLabel: "Compute engine" });
  wish.append(...ENGINES.map((engine) => h("option", { value: engine }, NAMES[engine] ?? "Automatic")));

  const start = async (): Promise<void> => {
    const choice = await startEngine(wish.value as EngineWish);
    name.textContent = NAMES[choice.name] ?? choice.name;
    why.replaceChildren(...explain(choice, wish.value as EngineWish));
    announce(`Computes on ${choice.device}.`);
    await onChange();
  };
  wish.onchange = () => attempt(start);

  const element = h(
    "section",
    { className: "card", ariaLabel: "Engine" },
    h("p", { className: "line" }, "Computes on ", name, wish),
    h("details", {}, h("summary", {}, "Why this one?"), why),
  );
  return { element, start };
}

/** The choice in sentences: the device, what was tried before it, and what to know of it. */
function explain({ device, tried, warning }: EngineChoice, wish: EngineWish): HTMLElement[] {
  const asked = wish === "auto" ? "The first that this machine has." : "You asked for it.";
  const passedOver = tried.map(({ reason }) => h("li", {}, reason));
  return [
    h("p", {}, `${device}. ${asked}`),
    ...(warning === undefined ? [] : [h("p", { className: "warning" }, warning)]),
    ...(passedOver.length === 0 ? [] : [h("p", {}, "Passed over:"), h("ul", {}, ...passedOver)]),
  ];
}
