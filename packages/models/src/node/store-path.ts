/** A file name that can stay as it is: it has an extension, which is not ours, and is no device of Windows. */
const PLAIN_FILE = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)\.)[a-z0-9_-][a-z0-9_.-]{0,100}\.(?!bin$)[a-z0-9_-]+$/;
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;
/** Characters of one escaped name; file systems allow 255 bytes. */
const LONGEST = 200;

/**
 * Folder and file names of a key, from the store's folder; one to one. `/` makes folders, a last part such as `weights.h5` stays, any
 * other one gets `.bin`, and folder names have no dot, so that `a` and `a/b` can both be keys. Every byte of the key's UTF-8 but
 * lower-case letters, digits, `-` and `_` becomes `%xx`, upper case too, since some file systems ignore it. An empty part is
 * `%`, and a long one is broken into names that end with `%+` but for the last.
 */
export function pathOfKey(key: string): string[] {
  const parts = key.split("/");
  const last = parts.pop()!;
  const folders = parts.flatMap(escapePart);
  if (PLAIN_FILE.test(last)) return [...folders, last];
  const names = escapePart(last);
  return [...folders, ...names.slice(0, -1), `${names.at(-1)}.bin`];
}

/** The key of a path below the store's folder; undefined for a file that no key has: a temporary, a stranger. */
export function keyOfPath(names: readonly string[]): string | undefined {
  const joined = names.map((name) => (name.endsWith("%+") ? name.slice(0, -2) : `${name}/`)).join("");
  const escaped = joined.replace(/\/$/, "").replace(/\.bin$/, "");
  let key: string;
  try {
    key = decodeURIComponent(escaped.replace(/(?<=^|\/)%(?=\/|$)/g, ""));
  } catch {
    return undefined;
  }
  return pathOfKey(key).join("/") === names.join("/") ? key : undefined;
}

function escapePart(part: string): string[] {
  const names: string[] = [];
  let name = "";
  for (const byte of new TextEncoder().encode(part)) {
    const char = String.fromCharCode(byte);
    const next = /[a-z0-9_-]/.test(char) ? char : `%${byte.toString(16).padStart(2, "0")}`;
    if (name.length + next.length > LONGEST) {
      names.push(`${name}%+`);
      name = "";
    }
    name += next;
  }
  if (DEVICE.test(name)) name = `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
  return [...names, name || "%"];
}
