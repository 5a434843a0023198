import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A file as it was when the addon was linked to it. */
export interface LinkedFile {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** An addon of tfjs-node that was linked to the TensorFlow of a Python: what `link.json` beside it records. */
export interface TensorflowLink {
  /** Version of the record. */
  readonly version: 1;
  readonly tensorflow: {
    readonly version: string;
    /** The `tensorflow` folder of the Python. */
    readonly folder: string;
    readonly libraries: readonly LinkedFile[];
    /** Whether TensorFlow found a GPU when the link was checked. */
    readonly gpu: boolean;
  };
  readonly python: string;
  readonly compiler: string;
  /** {@link hashOfSources} of the C++ sources that it was compiled from. */
  readonly sources: string;
  readonly platform: string;
  readonly arch: string;
  /** ISO 8601. */
  readonly linkedAt: string;
}

/** A link and where it is. */
export interface PlacedLink {
  readonly link: TensorflowLink;
  readonly addon: string;
}

/** A link that was found, and why it cannot be taken, if so. */
export interface FoundLink extends PlacedLink {
  readonly stale?: string;
}

/** Cassava's cache: CASSAVA_CACHE, or `cassava` in the user's cache folder. The command line has the same rule. */
export function defaultCache(env: NodeJS.ProcessEnv = process.env): string {
  return env.CASSAVA_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "cassava");
}

/** The folder of all links in a cache. */
export function linksFolder(cache: string): string {
  return join(cache, "tensorflow");
}

/** Name of the addon in the folder of its link. */
export const ADDON_FILE = "tfjs_binding.node";
/** Name of the record in the folder of a link. */
export const RECORD_FILE = "link.json";

/** SHA-256 of the C++ sources in a package of tfjs-node, the same in tfjs-node-gpu; undefined where there are none. */
export function hashOfSources(packageFolder: string): string | undefined {
  const folder = join(packageFolder, "binding");
  if (!existsSync(folder)) return undefined;
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).sort()) hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest("hex");
}

/** What a file is like now. */
export function stampOf(file: string): LinkedFile {
  const { size, mtimeMs } = statSync(file);
  return { file, size, modified: Math.trunc(mtimeMs) };
}

function stalenessOf({ tensorflow, sources }: TensorflowLink, currentSources: string): string | undefined {
  const { version, folder, libraries } = tensorflow;
  if (libraries.some(({ file }) => !existsSync(file))) {
    return `it was linked to TensorFlow ${version}, which is no longer in ${folder}`;
  }
  const updated = libraries.some((then) => {
    const now = stampOf(then.file);
    return now.size !== then.size || now.modified !== then.modified;
  });
  if (updated) return `it was linked to TensorFlow ${version}, and ${folder} has been updated since`;
  return sources === currentSources ? undefined : "tfjs-node has been updated since it was linked";
}

function readLink(folder: string): PlacedLink | undefined {
  const addon = join(folder, ADDON_FILE);
  try {
    const link = JSON.parse(readFileSync(join(folder, RECORD_FILE), "utf8")) as TensorflowLink;
    return link.version === 1 && existsSync(addon) ? { link, addon } : undefined;
  } catch {
    // No record, or half of one: what is not recorded whole was never linked.
    return undefined;
  }
}

/** The links in `cache` that this kind of machine can load, the latest first. */
export function readLinks(cache: string): PlacedLink[] {
  const folder = linksFolder(cache);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => readLink(join(folder, name)))
    .filter((placed) => placed?.link.platform === process.platform && placed.link.arch === process.arch)
    .map((placed) => placed!)
    .sort((a, b) => b.link.linkedAt.localeCompare(a.link.linkedAt));
}

/** The latest link in `cache` for the package of tfjs-node in this folder that can be taken, else the latest, with why not. */
export function findLink(packageFolder: string, cache: string): FoundLink | undefined {
  const sources = hashOfSources(packageFolder);
  if (sources === undefined) return undefined;
  const found = readLinks(cache).map((placed): FoundLink => {
    const stale = stalenessOf(placed.link, sources);
    return stale === undefined ? placed : { ...placed, stale };
  });
  return found.find(({ stale }) => stale === undefined) ?? found[0];
}
