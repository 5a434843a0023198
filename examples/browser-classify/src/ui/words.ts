/** `1 record`, `2 records`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** `312 bytes`, `4.0 kB`, `1.5 MB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1e3) return plural(bytes, "byte");
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
