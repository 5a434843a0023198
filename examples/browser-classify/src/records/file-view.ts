import { type FeatureSummary, inferSchema, type RecordsSummary, schemaCode } from "@cassava/tfrecord/inspect";
import type { FeatureColumn, FileView } from "./messages.ts";

const MOST = 8;

/** A summary of a file for people. */
export function fileView(name: string, summary: RecordsSummary): FileView {
  return {
    name,
    records: summary.records,
    byteLength: summary.byteLength,
    columns: summary.features.map(column),
    damage: summary.corrupt.map(
      ({ start, end, error }) => `${(end - start).toLocaleString("en")} bytes lost: ${error.message}`,
    ),
    schema: schemaCode(inferSchema(summary)),
  };
}

function column(feature: FeatureSummary): FeatureColumn {
  const { name, kinds, present } = feature;
  return { name, kinds: Object.keys(kinds).join(" or "), present, text: columnText(feature) };
}

function columnText({ counts, range, byteSize, text }: FeatureSummary): string {
  if (counts !== undefined) {
    const most = [...counts].slice(0, MOST).map(([value, times]) => `${value}: ${times.toLocaleString("en")}`);
    return most.join(", ") + (counts.size > MOST ? `, … (${counts.size} values)` : "");
  }
  if (range !== undefined) return `${range.min} to ${range.max}`;
  if (byteSize === undefined) return "";
  const bytes = (size: number): string => Math.round(size).toLocaleString("en");
  return `${text ? "text, " : ""}${bytes(byteSize.min)} to ${bytes(byteSize.max)} bytes`;
}
