import { resolve } from "node:path";
import { repairFile } from "@cassava/tfrecord/node";
import type { Command } from "commander";
import { act, type CliContext } from "../../context.ts";
import type { CommonOptions } from "../../options.ts";
import { bytes, plural } from "../../terminal/format.ts";
import { describeDamage, toDamage } from "./damage.ts";

interface Options extends CommonOptions {
  readonly out: string;
}

/** `cassava tfrecord repair <file> --out FILE` */
export function repairCommand(group: Command, context: CliContext): void {
  group
    .command("repair")
    .description("copy every intact record of a damaged file into a new one, and report what was lost")
    .argument("<file>", "a TFRecord file")
    .requiredOption("--out <file>", "the repaired file; must not exist")
    .action(
      act(context, async ({ output, cwd }, { out }: Options, file: string) => {
        const to = resolve(cwd, out);
        const report = await repairFile(file, to);
        const skipped = report.skipped.map(toDamage);
        const document = { version: 1, file, out: to, records: report.records, bytes: report.bytes, skipped };
        const kept = `${to}: ${plural(report.records, "record")}, ${bytes(report.bytes)}`;
        const lost = skipped.length === 0 ? "nothing was lost" : `${plural(skipped.length, "corrupt range")} left out`;
        output.result(
          document,
          [...skipped.map((range) => describeDamage(file, range)), `${kept}; ${lost}`].join("\n"),
        );
      }),
    );
}
