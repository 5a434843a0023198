import { basename, join, resolve } from "node:path";
import type { Dataset } from "@cassava/contracts";
import { isDataError, parseSplit, type Split } from "@cassava/data";
import { writeFileAtomically } from "@cassava/data/node";
import type { ReportInput } from "@cassava/report";
import type { Command } from "commander";
import { type ActionContext, act, type CliContext } from "../context.ts";
import { type CommonOptions, DATASET } from "../options.ts";
import { withDataset } from "../run/dataset.ts";
import { auditFacts } from "../run/report-audit.ts";
import { photographsOf, seenImages } from "../run/report-images.ts";
import { reportInputOf } from "../run/report-input.ts";
import { readRunFile } from "../run/run-folder.ts";
import type { RunConfig } from "../run/settings.ts";
import { trainCommandOf } from "../run/train-command.ts";
import { bytes } from "../terminal/format.ts";

interface Options extends CommonOptions {
  readonly out?: string;
  readonly card?: string;
  readonly license: string;
  readonly images: boolean;
  readonly audit?: true;
}

/** `cassava report <run> [dataset]` */
export function reportCommand(program: Command, context: CliContext): void {
  program
    .command("report")
    .description("write what a run has to show: one HTML file that needs no network, and a model card")
    .argument("<run>", "a folder that cassava train wrote")
    .argument("[dataset...]", `where the photographs are now, if they moved: ${DATASET}`)
    .option("--out <file>", "the HTML file; an existing one is replaced (default: report.html in the run)")
    .option(
      "--card <file>",
      "the model card, Markdown; an existing one is replaced (default: MODEL_CARD.md in the run)",
    )
    .option("--license <id>", "license of the model for its card, as the Hugging Face Hub names it", "unknown")
    .option("--audit", "read every image of the data set, for duplicates, look-alikes and outliers")
    .option("--no-images", "leave photographs out")
    .action(
      act(context, async (action, options: Options, runPath: string, paths: string[]) => {
        const run = resolve(action.cwd, runPath);
        const { config, ...known } = await reportInputOf(run);
        const { renderReport, modelCard } = await import("@cassava/report");
        const source = paths.length > 0 ? paths.map((path) => resolve(action.cwd, path)) : config.settings.dataset;
        const input =
          options.images || options.audit ? await withImages(known, { run, config, source, options }, action) : known;
        const html = renderReport(input);
        const out = resolve(action.cwd, options.out ?? join(run, "report.html"));
        const card = resolve(action.cwd, options.card ?? join(run, "MODEL_CARD.md"));
        // A card goes out into the world: it names no path of this machine.
        const text = modelCard(
          {
            ...input,
            title: config.settings.backbone,
            reproduce: [trainCommandOf(config, (path) => basename(path))],
            facts: cardFacts(input),
          },
          {
            name: `${config.settings.backbone} for ${config.classes.length} classes`,
            license: options.license,
            dataset: { name: config.settings.dataset.map((path) => basename(path)).join(", ") },
            usage: USAGE,
          },
        );
        await writeFileAtomically(out, new TextEncoder().encode(html));
        await writeFileAtomically(card, new TextEncoder().encode(text));
        const size = bytes(new TextEncoder().encode(html).length);
        action.output.result(
          { version: 1, run, report: out, card, bytes: html.length, photographs: input.photographs?.size ?? 0 },
          `${known.verdict.text}\n\nreport: ${out} (${size}; open it in a browser)\nmodel card: ${card}`,
        );
      }),
    );
}

const USAGE =
  "`model/` is a TensorFlow.js layers model that takes RGB pixels from 0 to 255 and preprocesses them itself; `loadClassifier` of `@cassava/models` reads it in Node and in browsers, `cassava predict RUN IMAGE` on the command line.";

/** Settings without the paths among them. */
function cardFacts({ facts = [] }: ReportInput): ReportInput["facts"] & object {
  return facts.map(({ title, rows }) => ({
    title,
    rows: rows.map(
      ([name, value]) =>
        [
          name,
          value
            .split(", ")
            .map((part) => (/[\\/]/.test(part) && name !== "augment" ? basename(part) : part))
            .join(", "),
        ] as const,
    ),
  }));
}

/** Adds photographs, images as the model sees them and, where it is asked for, an audit. Where the data set is gone, warns and goes on without. */
async function withImages(
  input: ReportInput,
  {
    run,
    config,
    source,
    options,
  }: {
    readonly run: string;
    readonly config: RunConfig;
    readonly source: readonly string[];
    readonly options: Options;
  },
  action: ActionContext,
): Promise<ReportInput> {
  const { reportPhotographs } = await import("@cassava/report");
  const split = parseSplit(JSON.stringify(await readRunFile<Split>(run, "split.json")), {
    file: join(run, "split.json"),
  });
  const add = async (dataset: Dataset): Promise<ReportInput> => ({
    ...input,
    ...(options.images && {
      photographs: await photographsOf(dataset, reportPhotographs(input), action),
      seen: await seenImages(dataset, split.train, config, action),
    }),
    ...(options.audit && { audit: await auditFacts(dataset, action) }),
  });
  try {
    return await withDataset(source, action.output, add);
  } catch (error) {
    if (!isDataError(error, "DATASET_MISSING")) throw error;
    action.output.warn(`${error.message}; the report has no photographs: if they moved, cassava report ${run} DATASET`);
    return input;
  }
}
