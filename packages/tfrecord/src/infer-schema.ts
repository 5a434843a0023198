import type { FeatureSummary, RecordsSummary } from "./inspect-records.ts";
import { bigint, bytes, type Field, type FieldOptions, float, int, type Schema, schema, string } from "./schema.ts";

/**
 * The schema that all records of a summary fit: single values where every record has exactly one, optional where some
 * record has none, `string` where every value is printable text, `bigint` where a value exceeds a safe integer. A feature
 * that never has a value or changes its kind is left out.
 */
export function inferSchema(summary: RecordsSummary): Schema {
  const examples = summary.records - summary.notExamples;
  const fields: [string, Field][] = [];
  for (const feature of summary.features) {
    const field = inferField(feature, examples);
    if (field !== undefined) fields.push([feature.name, field]);
  }
  return schema(Object.fromEntries(fields));
}

function inferField({ kinds, present, valueCount, range, text }: FeatureSummary, examples: number): Field | undefined {
  const { none = 0, ...filled } = kinds;
  const [kind, another] = Object.keys(filled);
  if (kind === undefined || another !== undefined) return undefined;
  const single = valueCount.max <= 1;
  const optional = present < examples || none > 0 || (single && valueCount.min === 0);
  const options: FieldOptions = { ...(optional ? { optional } : {}), ...(single ? {} : { list: true }) };
  if (kind === "bytes") return text ? string(options) : bytes(options);
  if (kind === "float") return float(options);
  const exact = range === undefined || (Number.isSafeInteger(range.min) && Number.isSafeInteger(range.max));
  return exact ? int(options) : bigint(options);
}

/** A schema as TypeScript: the expression that makes it, with the functions of this package. */
export function schemaCode({ entries }: Schema): string {
  const lines = entries.map(({ name, field: { type, optional, list } }) => {
    const options = [optional ? "optional: true" : "", list ? "list: true" : ""].filter((option) => option !== "");
    const key = name === "__proto__" ? '["__proto__"]' : /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `  ${key}: ${type}(${options.length > 0 ? `{ ${options.join(", ")} }` : ""}),\n`;
  });
  return `schema({\n${lines.join("")}})`;
}
