import { ModelsError } from "../errors.ts";
import type { WeightSpec } from "../graph/shapes.ts";
import { parseWeightName, resolveNames } from "./aliases.ts";
import type { WeightArray, Weights } from "./weights.ts";

/** How many names of a kind an error lists before it only counts. */
const LISTED = 4;
/** Layers above the features in the files of Keras Applications: what `include_top` adds. */
const TOP = new Set(["predictions", "probs", "fc1000", "fc1", "fc2", "conv_preds", "Logits", "logits"]);

/** Where the weights come from and for what, for the error. */
export interface AssignWeightsOptions {
  readonly backbone: string;
  readonly file?: string | undefined;
}

/**
 * The weights that `specs` ask for, by name or alias (see `aliases.ts`), each with its shape checked; nothing may be missing and
 * nothing left over.
 *
 * @throws {ModelsError} `WEIGHTS_MISMATCH`: lists every kind of mismatch in one message.
 */
export function assignWeights(specs: readonly WeightSpec[], found: Weights, options: AssignWeightsOptions): Weights {
  const { weights, repeated } = resolveNames(
    found,
    specs.map((spec) => spec.name),
  );
  const assigned = new Map<string, WeightArray>();
  const missing: string[] = [];
  const misshaped: string[] = [];
  for (const { name, shape } of specs) {
    const weight = weights.get(name);
    if (weight === undefined) missing.push(name);
    else if (weight.shape.join() !== shape.join()) misshaped.push(`${name} is [${weight.shape}] instead of [${shape}]`);
    else assigned.set(name, weight);
  }
  const wanted = new Set(specs.map((spec) => spec.name));
  const unused = [...weights.keys()].filter((name) => !wanted.has(name));
  if (missing.length + misshaped.length + unused.length + repeated.length > 0) {
    const problems = [
      list("missing", missing),
      list("of the wrong shape", misshaped),
      list("not used", unused),
      list("there twice", repeated),
    ];
    const top = unused.some(isTop)
      ? "; these are weights with top: take the file without (its name has notop or no_top)"
      : "";
    const message = `holds other weights than those of ${options.backbone} without its top: ${problems.filter(Boolean).join("; ")}${top}`;
    throw new ModelsError("WEIGHTS_MISMATCH", message, { file: options.file });
  }
  return assigned;
}

function isTop(name: string): boolean {
  return parseWeightName(name)?.layer.some((group) => TOP.has(group)) ?? false;
}

function list(what: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : "";
  return `${names.length} ${what} (${names.slice(0, LISTED).join(", ")}${more})`;
}
