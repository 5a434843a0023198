import type { Margins } from "../graph/graph.ts";

/** No padding at all. */
export const NO_MARGINS: Margins = [0, 0, 0, 0];

/**
 * The rows or columns that TensorFlow's padding adds before and after one axis; `same` puts the odd one after.
 * Source: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
function padsOf(
  size: number,
  window: number,
  { strides, padding }: { strides: number; padding: "same" | "valid" },
): readonly [before: number, after: number] {
  if (padding === "valid") return [0, 0];
  const total = Math.max(0, (Math.ceil(size / strides) - 1) * strides + window - size);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** The margins that a window sliding over [h, w, …] adds by its padding. */
export function marginsOf(
  [h = 1, w = 1]: readonly number[],
  window: number,
  node: { strides: number; padding: "same" | "valid" },
): Margins {
  return [...padsOf(h, window, node), ...padsOf(w, window, node)];
}

/** Margins around margins. */
export function addMargins(a: Margins, b: Margins): Margins {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

/** ONNX's order: the beginnings of all axes, then their ends. */
export function onnxPads([top, bottom, left, right]: Margins): number[] {
  return [top, left, bottom, right];
}
