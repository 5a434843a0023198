import type { Dataset } from "@cassava/contracts";
import { type AuditReport, audit } from "@cassava/data";
import { defaultDecoder } from "@cassava/data/node";
import type { Facts } from "@cassava/report";
import type { ActionContext } from "../context.ts";
import { percent, plural } from "../terminal/format.ts";
import { describeUnread } from "./unread.ts";

/** Names that are listed of a kind. */
const SHOWN = 6;

/** What an audit has to say, for a report. Decodes every image. */
export async function auditFacts(dataset: Dataset, { output, signal }: ActionContext): Promise<Facts[]> {
  const progress = output.progress("auditing", dataset.entries.length);
  const onProgress = ({ done }: { done: number }) => progress.update(done);
  try {
    return [describe(await audit(dataset, { decode: defaultDecoder(), signal, onProgress }))];
  } finally {
    progress.end();
  }
}

function describe(report: AuditReport): Facts {
  const { images, found, duplicates, nearDuplicates, outliers, unreadable, shardSkew, sizes } = report;
  const names = (ids: readonly string[]) =>
    `${ids.length}${ids.length > 0 ? `: ${ids.slice(0, SHOWN).join(", ")}${ids.length > SHOWN ? ", …" : ""}` : ""}`;
  const groups = (list: readonly { readonly ids: readonly string[] }[], conflicts: number) =>
    `${plural(list.length, "group")}, ${conflicts} with conflicting labels${
      list.length > 0
        ? `: ${list
            .slice(0, SHOWN)
            .map(({ ids }) => ids.join(" = "))
            .join("; ")}`
        : ""
    }`;
  return {
    title: "Audit of the whole data set",
    rows: [
      ["found", `${plural(found.images, "image")} and ${plural(found.rows, "row")}`],
      ["used", `${plural(images.total, "image")}, ${images.labelled} labelled`],
      ["rows without image", names(report.rowsWithoutImage.ids)],
      ["images without row", names(report.imagesWithoutRow.ids)],
      ["files not read", describeUnread(report.unreadFiles) ?? "0"],
      ["equal images", groups(duplicates.groups, duplicates.conflicts)],
      ...(nearDuplicates ? [["look-alikes", groups(nearDuplicates.groups, nearDuplicates.conflicts)] as const] : []),
      ...(outliers
        ? ([
            ["unusually dark or light", names(outliers.brightness.images.map(({ id }) => id))],
            ["unusually blurred", names(outliers.sharpness.images.map(({ id }) => id))],
          ] as const)
        : []),
      ["unreadable", names(unreadable.map(({ id }) => id))],
      ...(sizes ? [["commonest size", Object.keys(sizes.counts)[0] ?? "–"] as const] : []),
      ...(shardSkew
        ? [
            [
              "classes by shard",
              `Cramér's V ${shardSkew.cramersV.toFixed(3)}, p = ${shardSkew.pValue.toPrecision(2)}`,
            ] as const,
          ]
        : []),
      ...(report.majority
        ? [["largest class", `${report.majority.name}, ${percent(report.majority.share)}`] as const]
        : []),
    ],
  };
}
