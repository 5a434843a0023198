import type { UnreadFiles } from "@cassava/data";
import { plural } from "../terminal/format.ts";

/** What was not read among the images, by extension, and what to do about it; undefined where everything was. */
export function describeUnread({ count, extensions, photographs }: UnreadFiles): string | undefined {
  if (count === 0) return undefined;
  const kinds = Object.entries(extensions).map(([extension, files]) => `${files} x ${extension}`);
  const remedies = [
    ...(photographs > 0 ? [`convert ${plural(photographs, "photograph")} to JPEG`] : []),
    ...(extensions[".csv"] ? ["a CSV counts only as train.csv beside train_images/"] : []),
  ];
  return `${plural(count, "file")} not read: ${[kinds.join(", "), ...remedies].join("; ")}`;
}
