import { ModelsError } from "../errors.ts";
import type { WeightSpec } from "../graph/shapes.ts";
import type { WeightArray, Weights } from "./weights.ts";

/** How many names of a kind an error lists before it only counts. */
const LISTED = 4;

/** Where the weights come from and for what, for the error. */
export interface AssignWeightsOptions {
  readonly backbone: string;
  readonly file?: string | undefined;
}

/**
 * The weights that `specs` ask for, by name, each with its shape checked; nothing may be missing and nothing left over.
 *
 * @throws {ModelsError} `WEIGHTS_MISMATCH`: lists every kind of mismatch in one message.
 */
export function assignWeights(specs: readonly WeightSpec[], found: Weights, options: AssignWeightsOptions): Weights {
  const assigned = new Map<string, WeightArray>();
  const missing: string[] = [];
  const misshaped: string[] = [];
  for (const { name, shape } of specs) {
    const weight = found.get(name);
    if (weight === undefined) missing.push(name);
    else if (weight.shape.join() !== shape.join()) misshaped.push(`${name} is [${weight.shape}] instead of [${shape}]`);
    else assigned.set(name, weight);
  }
  const wanted = new Set(specs.map((spec) => spec.name));
  const unused = [...found.keys()].filter((name) => !wanted.has(name));
  if (missing.length + misshaped.length + unused.length > 0) {
    const problems = [list("missing", missing), list("of the wrong shape", misshaped), list("not used", unused)];
    const message = `holds other weights than those of ${options.backbone} without its top: ${problems.filter(Boolean).join("; ")}`;
    throw new ModelsError("WEIGHTS_MISMATCH", message, { file: options.file });
  }
  return assigned;
}

function list(what: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : "";
  return `${names.length} ${what} (${names.slice(0, LISTED).join(", ")}${more})`;
}
