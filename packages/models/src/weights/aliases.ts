import type { WeightArray, Weights } from "./weights.ts";

/** Names of a variable in other versions of Keras: Keras 1 wrote `W`, `b` and, for the variance, `running_std`. */
const ROLES: Readonly<Record<string, string>> = {
  W: "kernel",
  b: "bias",
  kernel: "kernel",
  depthwise_kernel: "kernel",
  bias: "bias",
  gamma: "gamma",
  beta: "beta",
  moving_mean: "moving_mean",
  moving_variance: "moving_variance",
  running_mean: "moving_mean",
  running_std: "moving_variance",
};
const ROLE = `(${Object.keys(ROLES).join("|")})(?:_\\d+)?`;
const BARE = new RegExp(`^${ROLE}$`);
const WITH_LAYER = new RegExp(`^(.+?)_${ROLE}$`);
/** ResNet50 before Keras Applications 1.0.7: `res2a_branch2a`, `bn5c_branch1`. */
const OLD_RESNET = /^(res|bn)([2-5])([a-f])_branch(1|2[abc])$/;

/** The parts of a weight's name in a file. */
export interface WeightNameParts {
  /** The groups around the variable, outermost first: `["conv1", "conv"]`. */
  readonly layer: readonly string[];
  /** Our name of the variable: `kernel`, `moving_variance`, … */
  readonly role: string;
}

/** Weights under our names. */
export interface ResolvedNames {
  /** Those that no alias leads to keep the name of the file. */
  readonly weights: Weights;
  /** Names of the file that mean a weight which another name of the file means too. */
  readonly repeated: readonly string[];
}

/**
 * Reads a weight's name as every version of Keras or tfjs writes it: `conv1_conv/kernel`, `model/conv1/conv/kernel:0`,
 * `bn/beta_1:0`, `block1_conv1_W_1:0`. Undefined where it ends with no variable that we know.
 */
export function parseWeightName(name: string): WeightNameParts | undefined {
  const groups = name.replace(/:\d+$/, "").split("/");
  const variable = groups.pop()!;
  const bare = BARE.exec(variable);
  if (bare !== null) return groups.length === 0 ? undefined : { layer: groups, role: ROLES[bare[1]!]! };
  const full = WITH_LAYER.exec(variable);
  return full === null ? undefined : { layer: [...groups, full[1]!], role: ROLES[full[2]!]! };
}

/**
 * The weights of a file under the names of `wanted` (`layer/variable`), by whatever name the file has for them: groups around a
 * layer may be there or not (the longest path that is wanted counts, so that DenseNet's `conv1/bn` is not its last layer `bn`),
 * `conv1/conv` is `conv1_conv`, and old ResNet50 names are translated.
 */
export function resolveNames(found: Weights, wanted: Iterable<string>): ResolvedNames {
  const names = new Set(wanted);
  const weights = new Map<string, WeightArray>();
  const repeated: string[] = [];
  for (const [name, weight] of found) {
    const ours = ourName(name, names);
    if (weights.has(ours)) repeated.push(name);
    else weights.set(ours, weight);
  }
  return { weights, repeated };
}

function ourName(name: string, wanted: ReadonlySet<string>): string {
  const parts = parseWeightName(name);
  if (parts === undefined) return name;
  const layers = parts.layer.map((_, from) => parts.layer.slice(from).join("_"));
  for (const layer of [...layers, ...layers.map(oldResnetLayer)]) {
    const candidate = `${layer}/${parts.role}`;
    if (wanted.has(candidate)) return candidate;
  }
  return name;
}

/** Our name of a layer of the old ResNet50; any other name stays. */
function oldResnetLayer(layer: string): string {
  if (layer === "conv1") return "conv1_conv";
  if (layer === "bn_conv1") return "conv1_bn";
  const match = OLD_RESNET.exec(layer);
  if (match === null) return layer;
  const [, kind, stage, block, branch] = match;
  const index = "abcdef".indexOf(block!) + 1;
  // The shortcut is branch 1 there and number 0 here; 2a, 2b, 2c are numbers 1, 2, 3.
  const number = branch === "1" ? 0 : "abc".indexOf(branch![1]!) + 1;
  return `conv${stage}_block${index}_${number}_${kind === "res" ? "conv" : "bn"}`;
}
