import type { Diagnosis } from "./diagnose.ts";
import type { Severity } from "./finding.ts";
import { list, plural } from "./text.ts";

/** Options of {@link describeDiagnosis}. */
export interface DescribeDiagnosisOptions {
  /** Causes that are listed; default 3. */
  readonly causes?: number;
  /** Whether what was not evaluated is listed with what it lacks; default: only how many. */
  readonly all?: boolean;
  /** Columns; default 100. */
  readonly width?: number;
}

const MARKS: Readonly<Record<Severity, string>> = { error: "ERROR", warning: "WARNING", info: "note" };

/** A diagnosis for people: first what to try, then what was seen. */
export function describeDiagnosis(
  diagnosis: Diagnosis,
  { causes = 3, all = false, width = 100 }: DescribeDiagnosisOptions = {},
): string {
  const { findings, passed, notEvaluated } = diagnosis;
  const grave = findings.filter(({ severity }) => severity !== "info");
  const lines: string[] = [];
  if (grave.length === 0) {
    lines.push(
      `Nothing wrong was found (${plural(passed.length, "rule")} passed, ${notEvaluated.length} could not be evaluated).`,
    );
  } else {
    const likely = diagnosis.causes.slice(0, causes);
    const [first] = likely;
    if (first !== undefined) {
      lines.push(...wrap(`Most likely: ${first.title}.`, width));
      lines.push(...wrap(`Try first: ${first.remedy}.`, width));
    }
    if (likely.length > 1) {
      lines.push("", "What may be behind it, the likeliest first:");
      for (const [i, cause] of likely.entries()) {
        const why = list(cause.because.slice(0, 3));
        lines.push(...wrap(`${i + 1}. ${cause.title} (${cause.confidence.toFixed(2)}; ${why})`, width, "   "));
        if (i > 0) lines.push(...wrap(`   → ${cause.remedy}`, width, "     "));
      }
    }
  }
  for (const finding of findings) {
    lines.push("", ...wrap(`${MARKS[finding.severity]} ${finding.rule}: ${finding.title}`, width, "  "));
    lines.push(...wrap(`  ${finding.explanation}`, width, "  "));
    lines.push(...wrap(`  → ${finding.remedy}`, width, "    "));
    if (finding.severity !== "info")
      lines.push(...wrap(`  Wrong where: ${lowerFirst(finding.falsePositive)}`, width, "    "));
  }
  if (notEvaluated.length > 0) {
    lines.push("");
    if (all) {
      lines.push("Not evaluated:");
      for (const { rule, missing } of notEvaluated)
        lines.push(...wrap(`  ${rule}: needs ${list(missing)}`, width, "    "));
    } else {
      const what = plural(notEvaluated.length, "rule");
      lines.push(...wrap(`${what} could not be evaluated for lack of inputs.`, width));
    }
  }
  return lines.join("\n");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Lines of at most `width` columns, where words allow; all but the first begin with `indent`. */
function wrap(text: string, width: number, indent = ""): string[] {
  const lead = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    const margin = lines.length === 0 ? lead : indent;
    if (line !== "" && margin.length + line.length + 1 + word.length > width) {
      lines.push(margin + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push((lines.length === 0 ? lead : indent) + line);
  return lines;
}
