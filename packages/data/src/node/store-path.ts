/**
 * Ends the name of a file whose key has no extension of its own; the names of folders never contain a dot, so that "a" and "a/b" can
 * both be keys.
 */
const suffix = ".value";
/** A last segment that is a file name as it is: it has an extension, which is not ours. */
const fileName = /^[a-z0-9_-][a-z0-9_.-]{0,100}\.(?!value$)[a-z0-9_-]+$/;
/** Escaped characters in one name; file systems allow 255 bytes. */
const longestName = 200;

/**
 * Folder and file names of a key, from the store's folder. Lower-case letters, digits, "-" and "_" stay; every other
 * byte of its UTF-8 becomes %xx: upper case too, because file systems that ignore case would take "A" and "a" for one.
 * An empty segment is "%", and a long one is broken into names that end with "%+" but for the last. A last segment with an
 * extension (`cassava.json`) stays as it is. The map is one to one.
 */
export function pathOfKey(key: string): string[] {
  const names: string[] = [];
  const segments = key.split("/");
  const last = segments.at(-1)!;
  const plainLast = fileName.test(last) && guardReserved(last.split(".")[0]!) === last.split(".")[0];
  for (const segment of plainLast ? segments.slice(0, -1) : segments) {
    let name = "";
    for (const byte of new TextEncoder().encode(segment)) {
      const plain = /[a-z0-9_-]/.test(String.fromCharCode(byte));
      const next = plain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, "0")}`;
      if (name.length + next.length > longestName) {
        names.push(`${name}%+`);
        name = "";
      }
      name += next;
    }
    names.push(name === "" ? "%" : guardReserved(name));
  }
  names.push(plainLast ? last : names.pop()! + suffix);
  return names;
}

/** The key of a path below the store's folder; undefined for a file that no key has (a temporary, a stranger). */
export function keyOfPath(names: readonly string[]): string | undefined {
  const last = names.at(-1);
  if (last === undefined || last.startsWith(".") || !last.includes(".")) return undefined;
  const all = [...names.slice(0, -1), last.endsWith(suffix) ? last.slice(0, -suffix.length) : last];
  let escaped = "";
  for (const [at, name] of all.entries()) {
    if (name.endsWith("%+")) escaped += name.slice(0, -2);
    else escaped += (name === "%" ? "" : name) + (at === all.length - 1 ? "" : "/");
  }
  let key: string;
  try {
    key = decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
  const back = pathOfKey(key);
  return back.length === names.length && back.every((name, at) => name === names[at]) ? key : undefined;
}

/** Windows keeps CON, NUL, COM1 and the like for devices, whatever follows the dot: escape their first letter. */
function guardReserved(name: string): string {
  if (!/^(con|prn|aux|nul|com\d|lpt\d)$/.test(name)) return name;
  return `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
}
