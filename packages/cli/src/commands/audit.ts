import type { Dataset } from "@cassava/contracts";
import { type AuditReport, audit } from "@cassava/data";
import { defaultDecoder } from "@cassava/data/node";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { type CommonOptions, DATASET } from "../options.ts";
import { withDataset } from "../run/dataset.ts";
import { describeUnread } from "../run/unread.ts";
import { duration, percent, plural, table } from "../terminal/format.ts";

/** Names that are shown of a list before it is only counted. */
const SHOWN = 5;

/** `cassava audit <dataset>` */
export function auditCommand(program: Command, context: CliContext): void {
  program
    .command("audit")
    .description(
      "count images and classes; find duplicates, look-alikes, outliers, unreadable files, rows without image and images without row",
    )
    .argument("<dataset...>", DATASET)
    .action(
      act(context, async ({ output, signal }, _: CommonOptions, paths: string[]) => {
        const look = async (dataset: Dataset) => {
          const progress = output.progress("reading images", dataset.entries.length);
          const onProgress = ({ done }: { done: number }) => progress.update(done);
          const report = await audit(dataset, { decode: defaultDecoder(), signal, onProgress });
          output.info(`read ${plural(report.images.total, "image")} in ${duration(progress.end())}`);
          output.result(report, describeAudit(report));
        };
        // An audit exists to find what is damaged: it goes on past it.
        await withDataset(paths, output, look, { onCorrupt: "skip" });
      }),
    );
}

/** An audit for people. */
export function describeAudit(report: AuditReport): string {
  const { images, found, majority, sizes, duplicates, unreadable } = report;
  const classes = table([
    ["class", "name", "images", "share"],
    ...report.classes.map(({ index, name, count, share }) => [index, name, count, percent(share)]),
  ]);
  const common = Object.entries(sizes?.counts ?? {}).slice(0, 3);
  const lines = [
    `${plural(found.images, "image")} and ${plural(found.rows, "row")}; used: ${plural(images.total, "image")}, ${images.labelled} of them labelled`,
    ...describeOneClass(report),
    ...(majority
      ? [`majority class: ${majority.name}, ${percent(majority.share)}: what a model that learned nothing reaches`]
      : []),
    ...(majority
      ? [`label entropy: ${report.labelEntropy.toFixed(4)} nats: the loss of a model that learned only the shares`]
      : []),
    ...(sizes ? [`sizes: ${common.map(([size, count]) => `${size} (${count})`).join(", ")}`] : []),
    ...describeSkew(report),
    named("rows without image", report.rowsWithoutImage.ids),
    named("images without row", report.imagesWithoutRow.ids),
    `duplicates: ${plural(duplicates.groups.length, "group")}, ${duplicates.conflicts} with conflicting labels`,
    ...duplicates.groups
      .slice(0, SHOWN)
      .map(({ ids, conflict }) => `  ${ids.join(" = ")}${conflict ? " (labels differ)" : ""}`),
    ...describeLookAlikes(report),
    ...describeOutliers(report),
    `unreadable: ${unreadable.length}${more(unreadable)}`,
    ...unreadable.slice(0, SHOWN).map(({ file, reason }) => `  ${file}: ${reason}`),
    describeUnread(report.unreadFiles) ?? "files not read: 0",
    `left out for other reasons: ${report.otherProblems.length}${more(report.otherProblems)}`,
    ...report.otherProblems.slice(0, SHOWN).map(({ message }) => `  ${message}`),
  ];
  return `${classes}\n\n${lines.join("\n")}`;
}

/** Of what nothing can be learned. */
function describeOneClass({ classes, images }: AuditReport): string[] {
  if (images.labelled === 0)
    return ["no image has a label: write train.csv, or put the images of each class into a folder of its name"];
  const filled = classes.filter(({ count }) => count > 0);
  if (filled.length > 1) return [];
  return [`one class only, ${filled[0]!.name}: a classifier needs two; add images of another class`];
}

/** How much the shards differ in their classes, in one line. */
function describeSkew({ shards, shardSkew }: AuditReport): string[] {
  if (shardSkew === null) return [];
  const { cramersV, pValue } = shardSkew;
  const verdict =
    pValue < 0.01 ? "shards differ more than chance explains: do not split by shard" : "no more than chance explains";
  return [
    `classes by shard (${shards.length}): Cramér's V ${cramersV.toFixed(4)}, chi-square p = ${pValue.toPrecision(2)}: ${verdict}`,
  ];
}

function describeLookAlikes({ nearDuplicates }: AuditReport): string[] {
  if (nearDuplicates === null) return [];
  const { groups, conflicts, threshold } = nearDuplicates;
  return [
    `look-alikes (perceptual hashes within ${threshold} of 64 bits): ${plural(groups.length, "group")}, ${conflicts} with conflicting labels`,
    ...groups
      .slice(0, SHOWN)
      .map(
        ({ ids, conflict, distance }) =>
          `  ${ids.join(" ~ ")} (${plural(distance, "bit")} apart${conflict ? ", labels differ" : ""})`,
      ),
  ];
}

function describeOutliers({ outliers }: AuditReport): string[] {
  if (outliers === null) return [];
  const { brightness, sharpness } = outliers;
  const list = ({ images }: typeof brightness) =>
    `${images.length}${
      images.length > 0
        ? ` (${images
            .slice(0, SHOWN)
            .map(({ id, z }) => `${id}, z = ${z.toFixed(1)}`)
            .join("; ")}${images.length > SHOWN ? "; …; --json has all" : ""})`
        : ""
    }`;
  return [
    `unusually dark or light (median ${brightness.median.toFixed(0)} of 255): ${list(brightness)}`,
    `unusually blurred (median sharpness ${sharpness.median.toFixed(0)}): ${list(sharpness)}`,
  ];
}

/** Says that a list is longer than what is shown of it. */
function more(list: readonly unknown[]): string {
  return list.length > SHOWN ? ` (the first ${SHOWN}; --json has all)` : "";
}

function named(what: string, ids: readonly string[]): string {
  const rest = ids.length > SHOWN ? ", …; --json has all" : "";
  return `${what}: ${ids.length}${ids.length > 0 ? ` (${ids.slice(0, SHOWN).join(", ")}${rest})` : ""}`;
}
