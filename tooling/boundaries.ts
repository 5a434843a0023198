import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { findCycle } from "./cycles.ts";
import { sourceFacts } from "./source-imports.ts";

/** The part of a package.json that the rules read. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** One package: its manifest and its sources by path from the package's folder (`src/index.ts`). */
export interface SourcePackage {
  readonly manifest: Manifest;
  readonly sources: Readonly<Record<string, string>>;
}

/** The types that every package may name and none may load: they are inlined into the declarations. */
const CONTRACTS = "@cassava/contracts";

/** Who may import whom; ARCHITECTURE.md draws it. A package that is not named here breaks the rule. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  [CONTRACTS]: [],
  "@cassava/tfrecord": [],
  "@cassava/metrics": [],
  "@cassava/data": ["@cassava/tfrecord"],
  "@cassava/models": [],
  "@cassava/backend": [],
  "@cassava/train": ["@cassava/metrics"],
  "@cassava/report": ["@cassava/metrics", "@cassava/tfrecord"],
  "@cassava/cli": [
    "@cassava/backend",
    "@cassava/data",
    "@cassava/metrics",
    "@cassava/models",
    "@cassava/report",
    "@cassava/tfrecord",
    "@cassava/train",
  ],
};

/** Packages for Node alone: nothing that a root entry reaches may name them. */
const FOR_NODE_ONLY = [
  "sharp",
  "@tensorflow/tfjs-node",
  "@tensorflow/tfjs-node-gpu",
  "onnxruntime-node",
  "webgpu",
  "h5wasm/node",
];

/** The command runs in Node only, so its root may use Node. */
const NODE_PACKAGES = ["@cassava/cli"];

/** `@cassava/data/node` → `["@cassava/data", "./node"]`; `csv-parse/sync` → `["csv-parse", "./sync"]`. */
const splitSpecifier = (specifier: string): readonly [name: string, subpath: string] => {
  const parts = specifier.split("/");
  const length = specifier.startsWith("@") ? 2 : 1;
  const rest = parts.slice(length).join("/");
  return [parts.slice(0, length).join("/"), rest === "" ? "." : `./${rest}`];
};

const isRelative = (specifier: string): boolean => specifier.startsWith(".");

/** The source that a relative specifier means: `.ts` as written, or the source of a built `./worker.js`. */
const resolveSource = (from: string, specifier: string): string =>
  posix.join(posix.dirname(from), specifier).replace(/\.js$/, ".ts");

const isForNode = (specifier: string): boolean =>
  isBuiltin(specifier) ||
  FOR_NODE_ONLY.some((name) => specifier === name || specifier.startsWith(`${name}/`)) ||
  (specifier.startsWith("@cassava/") && splitSpecifier(specifier)[1].startsWith("./node"));

/** Every rule about one import of one package. */
const importProblems = (
  { manifest, sources }: SourcePackage,
  path: string,
  specifier: string,
  typeOnly: boolean,
  exportsOf: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): string[] => {
  if (isRelative(specifier)) {
    const target = resolveSource(path, specifier);
    // A package may read its own version.
    if (target === "package.json") return [];
    if (!target.startsWith("src/")) return [`reaches out of its package's src: ${specifier}`];
    // A path with another ending (.wasm, .json) is a file beside the sources.
    return target.endsWith(".ts") && sources[target] === undefined
      ? [`names a file that does not exist: ${specifier}`]
      : [];
  }
  if (isBuiltin(specifier)) return specifier.startsWith("node:") ? [] : [`write node:${specifier}`];
  const [name, subpath] = splitSpecifier(specifier);
  if (name === manifest.name) return [`imports its own package by name: ${specifier}`];
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  if (name === CONTRACTS) {
    if (!typeOnly) return [`loads ${CONTRACTS}, which holds types only: use import type`];
    return manifest.devDependencies?.[name] === undefined ? [`${CONTRACTS} is missing in devDependencies`] : [];
  }
  const problems: string[] = [];
  const within = name.startsWith("@cassava/");
  if (within && !(MAY_IMPORT[manifest.name] ?? []).includes(name)) problems.push(`may not import ${name}`);
  if (within && exportsOf.get(name)?.[subpath] === undefined) problems.push(`${specifier} is not an entry of ${name}`);
  // The contracts are never loaded, so what they name for its types need not be installed with them.
  const known = manifest.name === CONTRACTS && typeOnly ? { ...declared, ...manifest.devDependencies } : declared;
  if (known[name] === undefined) problems.push(`uses ${name} without declaring it in dependencies or peerDependencies`);
  return problems;
};

/** The sources that `src/index.ts` reaches, each with what it imports. */
const reachable = (files: ReadonlyMap<string, ReturnType<typeof sourceFacts>>, entry: string): ReadonlySet<string> => {
  const seen = new Set<string>();
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path) || !files.has(path)) continue;
    seen.add(path);
    for (const { specifier } of files.get(path)?.imports ?? [])
      if (isRelative(specifier)) queue.push(resolveSource(path, specifier));
  }
  return seen;
};

const packageProblems = (
  one: SourcePackage,
  exportsOf: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): string[] => {
  const { manifest, sources } = one;
  const files = new Map(Object.entries(sources).map(([path, source]) => [path, sourceFacts(path, source)]));
  const problems: string[] = [];
  if (MAY_IMPORT[manifest.name] === undefined) problems.push(`${manifest.name}: has no row in MAY_IMPORT`);
  const neutral = NODE_PACKAGES.includes(manifest.name) ? new Set<string>() : reachable(files, "src/index.ts");
  for (const [path, { imports, blockingReads }] of files) {
    const at = (line: number, problem: string) => problems.push(`${manifest.name} ${path}:${line}: ${problem}`);
    for (const { name, line } of blockingReads) at(line, `${name} blocks the event loop: await data() or array()`);
    for (const { specifier, typeOnly, line } of imports) {
      for (const problem of importProblems(one, path, specifier, typeOnly, exportsOf)) at(line, problem);
      if (neutral.has(path) && isForNode(specifier)) at(line, `the root entry reaches ${specifier}, which is for Node`);
    }
  }
  const loads = new Map(
    [...files].map(([path, { imports }]) => [
      path,
      imports
        .filter(({ specifier, typeOnly }) => !typeOnly && isRelative(specifier))
        .map(({ specifier }) => resolveSource(path, specifier)),
    ]),
  );
  const cycle = findCycle(loads);
  if (cycle !== undefined) problems.push(`${manifest.name}: files import each other in a circle: ${cycle.join(" → ")}`);
  return problems;
};

/** Breaches of the rules of import, one line each; empty where all hold. */
export const boundaryProblems = (packages: readonly SourcePackage[]): string[] => {
  const exportsOf = new Map(packages.map(({ manifest }) => [manifest.name, manifest.exports ?? {}]));
  const edges = new Map(
    packages.map(({ manifest, sources }) => [
      manifest.name,
      Object.entries(sources)
        .flatMap(([path, source]) => sourceFacts(path, source).imports)
        .map(({ specifier }) => splitSpecifier(specifier)[0])
        .filter((name) => name !== manifest.name && exportsOf.has(name)),
    ]),
  );
  const cycle = findCycle(edges);
  return [
    ...packages.flatMap((one) => packageProblems(one, exportsOf)),
    ...(cycle === undefined ? [] : [`packages import each other in a circle: ${cycle.join(" → ")}`]),
  ];
};
