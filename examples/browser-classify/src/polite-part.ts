import type { FrozenPart } from "@cassava/models";
import { painted } from "./ui/dom.ts";

/** A frozen part that lets the page be painted before each batch: an engine on the processor keeps this thread busy for as long as one runs. */
export function politePart(part: FrozenPart): FrozenPart {
  return {
    id: part.id,
    inputSize: part.inputSize,
    outputShape: part.outputShape,
    async run(batch) {
      await painted();
      return part.run(batch);
    },
    dispose: () => part.dispose(),
  };
}
