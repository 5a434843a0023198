import { resolve } from "node:path";
import { isDataError } from "@cassava/data";
import type { Command } from "commander";
import { act, type CliContext } from "../context.ts";
import { type CommonOptions, DATASET } from "../options.ts";
import { withDataset } from "../run/dataset.ts";
import { type WriteReportOptions, writeReport } from "../run/report-run.ts";
import { readRunFile } from "../run/run-folder.ts";
import type { RunConfig } from "../run/settings.ts";
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
    .option("--audit", "look at every image of the data set, for duplicates, look-alikes and outliers")
    .option("--no-images", "leave photographs out")
    .action(
      act(context, async (action, options: Options, runPath: string, paths: string[]) => {
        const { cwd, output } = action;
        const run = resolve(cwd, runPath);
        const { settings } = await readRunFile<RunConfig>(run, "config.json");
        const source = paths.length > 0 ? paths.map((path) => resolve(cwd, path)) : settings.dataset;
        const how: WriteReportOptions = {
          license: options.license,
          images: options.images,
          audit: options.audit ?? false,
          ...(options.out && { out: resolve(cwd, options.out) }),
          ...(options.card && { card: resolve(cwd, options.card) }),
        };
        const write = () => writeReport(run, undefined, how, action);
        const written =
          options.images || options.audit
            ? await withDataset(source, output, (dataset) => writeReport(run, dataset, how, action)).catch((error) => {
                // What was said in the folder of the run stands without its photographs; what was named here must be there.
                if (!isDataError(error, "DATASET_MISSING") || paths.length > 0) throw error;
                output.warn(
                  `${error.message}; the report has no photographs: if they moved, cassava report ${runPath} DATASET`,
                );
                return write();
              })
            : await write();
        const { report, card, verdict, ...counts } = written;
        output.result(
          { version: 1, run, report, card, ...counts, verdict },
          `${verdict}\n\nreport: ${report} (${bytes(counts.bytes)}; open it in a browser)\nmodel card: ${card}`,
        );
      }),
    );
}
