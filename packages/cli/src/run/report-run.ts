import { basename, join } from "node:path";
import type { Dataset } from "@cassava/contracts";
import { parseSplit, type Split } from "@cassava/data";
import { writeFileAtomically } from "@cassava/data/node";
import type { ReportInput } from "@cassava/report";
import type { ActionContext } from "../context.ts";
import { auditFacts } from "./report-audit.ts";
import { photographsOf, seenImages } from "./report-images.ts";
import { type RunReport, reportInputOf } from "./report-input.ts";
import { readRunFile } from "./run-folder.ts";
import { trainCommandOf } from "./train-command.ts";

/** How the report of a run is made. */
export interface WriteReportOptions {
  /** Default: `report.html` in the run. */
  readonly out?: string | undefined;
  /** Default: `MODEL_CARD.md` in the run. */
  readonly card?: string | undefined;
  /** Of the model, as the Hugging Face Hub names it. */
  readonly license: string;
  /** Whether photographs are shown. */
  readonly images: boolean;
  /** Whether every image of the data set is looked at. */
  readonly audit?: boolean;
}

/** What was written. */
export interface WrittenReport {
  readonly report: string;
  readonly card: string;
  /** Of the report. */
  readonly bytes: number;
  readonly photographs: number;
  readonly verdict: string;
}

const USAGE =
  "`model/` is a TensorFlow.js layers model that takes RGB pixels from 0 to 255 and preprocesses them itself; `loadClassifier` of `@cassava/models` reads it in Node and in browsers, `cassava predict RUN IMAGE` on the command line.";

/**
 * Writes the report and the model card of a finished run, whole or not at all.
 *
 * @param dataset where its photographs are; without it the report shows none
 * @throws {CliError} `RUN_MISSING`, `RUN_INVALID`
 */
export async function writeReport(
  run: string,
  dataset: Dataset | undefined,
  { out = join(run, "report.html"), card = join(run, "MODEL_CARD.md"), license, images, audit }: WriteReportOptions,
  action: ActionContext,
): Promise<WrittenReport> {
  const { modelCard, renderReport, reportPhotographs } = await import("@cassava/report");
  const known = await reportInputOf(run);
  const split = await readRunFile<Split>(run, "split.json");
  const { train } = parseSplit(JSON.stringify(split), { file: join(run, "split.json") });
  const input: ReportInput = {
    ...known,
    ...(dataset &&
      images && {
        photographs: await photographsOf(dataset, reportPhotographs(known), action),
        seen: await seenImages(dataset, train, known.config, action),
      }),
    ...(dataset && audit && { audit: await auditFacts(dataset, action) }),
  };
  const html = new TextEncoder().encode(renderReport(input));
  const text = modelCard(forEverybody(known), {
    name: `${known.config.settings.backbone} for ${known.classes.length} classes`,
    license,
    dataset: { name: known.config.settings.dataset.map((path) => basename(path)).join(", ") },
    usage: USAGE,
  });
  await writeFileAtomically(out, html);
  await writeFileAtomically(card, new TextEncoder().encode(text));
  const photographs = input.photographs?.size ?? 0;
  return { report: out, card, bytes: html.length, photographs, verdict: known.verdict.text };
}

/** A card goes out into the world: it names no folder of this machine. */
function forEverybody(known: RunReport): ReportInput {
  const { settings } = known.config;
  const paths = [...settings.dataset, settings.weights, settings.split ?? ""].filter((path) => /[\\/]/.test(path));
  const bare = (value: string) => paths.reduce((text, path) => text.replaceAll(path, basename(path)), value);
  return {
    ...known,
    reproduce: [trainCommandOf(known.config, (path) => basename(path))],
    facts: known.facts!.map(({ title, rows }) => ({ title, rows: rows.map(([name, value]) => [name, bare(value)]) })),
  };
}
