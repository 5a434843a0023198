import { ModelsError } from "../errors.ts";
import { type Graph, inputsOf, stagesOf } from "./graph.ts";

/** A graph in two parts; the output of `below` is the input of `above`. */
export interface CutGraph {
  /** No nodes where everything is trainable. */
  readonly below: Graph;
  /** No nodes where everything is frozen. */
  readonly above: Graph;
}

/**
 * Cuts a graph before the stage `unfreezeFrom`; without one, after its last node.
 *
 * @throws {ModelsError} `STAGE_UNKNOWN`: lists those there are.
 */
export function cutGraph(graph: Graph, unfreezeFrom?: string): CutGraph {
  const stages = stagesOf(graph);
  if (unfreezeFrom !== undefined && !stages.includes(unfreezeFrom)) {
    const message = `there is no stage "${unfreezeFrom}" to unfreeze from; choose one of ${stages.join(", ")}`;
    throw new ModelsError("STAGE_UNKNOWN", message);
  }
  const found = graph.nodes.findIndex((node) => node.stage === unfreezeFrom);
  const at = found === -1 ? graph.nodes.length : found;
  const below = graph.nodes.slice(0, at);
  const above = graph.nodes.slice(at);
  const computed = new Set([graph.input, ...below.map((node) => node.name)]);
  const crossing = new Set(above.flatMap(inputsOf).filter((name) => computed.has(name)));
  if (above.length === 0) crossing.add(graph.output);
  const [boundary] = crossing;
  if (crossing.size !== 1 || boundary === undefined) {
    const message = `${crossing.size} tensors cross into stage "${unfreezeFrom}"; a cut needs exactly one`;
    throw new ModelsError("STAGE_UNKNOWN", message);
  }
  return {
    below: { input: graph.input, output: boundary, nodes: below },
    above: { input: boundary, output: above.length === 0 ? boundary : graph.output, nodes: above },
  };
}
