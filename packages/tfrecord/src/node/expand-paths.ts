import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { TFRecordError } from "../errors.ts";

/** Names of TFRecord files, as their writers choose them, but for hidden ones; used where a whole folder is given. */
const RECORD_FILE = /^(?!\.).*\.(tfrec|tfrecord|tfrecords|record|records)(-\d+-of-\d+)?(\.gz)?$/i;

/**
 * The files that the patterns name, sorted by name within each pattern, without repetition. A pattern is a file, a folder
 * (its TFRecord files, by extension) or a path whose parts may hold `*` (any characters but `/`) and `?` (one).
 *
 * @throws TFRecordError NO_FILES where a pattern matches nothing
 */
export async function expandPaths(patterns: string | readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of typeof patterns === "string" ? [patterns] : patterns) {
    const files = await expandPattern(pattern);
    if (files.length === 0)
      throw new TFRecordError("NO_FILES", "no TFRecord file matches; check the path", { file: pattern });
    for (const file of files) found.add(file);
  }
  if (found.size === 0) throw new TFRecordError("NO_FILES", "no path was given");
  return [...found];
}

async function expandPattern(pattern: string): Promise<string[]> {
  // A name that exists is meant literally, also where it holds a star.
  const kind = await kindOf(pattern);
  if (kind === "file") return [pattern];
  if (kind === "folder") return await listFolder(pattern, RECORD_FILE, "file");
  const parts = pattern.split("/");
  let bases = [pattern.startsWith("/") ? "/" : ""];
  for (const [i, part] of parts.entries()) {
    if (part === "") continue;
    const wanted = i === parts.length - 1 ? "file" : "folder";
    const next: string[] = [];
    for (const base of bases) {
      if (/[*?]/.test(part)) next.push(...(await listFolder(base, toRegExp(part), wanted)));
      else if ((await kindOf(join(base, part))) === wanted) next.push(join(base, part));
    }
    bases = next;
  }
  return bases.filter((base) => base !== "" && base !== "/");
}

async function listFolder(folder: string, name: RegExp, kind: "file" | "folder"): Promise<string[]> {
  const names = await readdir(folder === "" ? "." : folder).catch(() => []);
  const paths: string[] = [];
  for (const entry of names.filter((entry) => name.test(entry)).sort()) {
    const path = join(folder, entry);
    if ((await kindOf(path)) === kind) paths.push(path);
  }
  return paths;
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  const stats = await stat(path === "" ? "." : path).catch(() => undefined);
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? "folder" : "file";
}

function toRegExp(part: string): RegExp {
  const source = part
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  // As in a shell, a star does not match hidden files.
  return new RegExp(part.startsWith(".") ? `^${source}$` : `^(?!\\.)${source}$`, "s");
}
