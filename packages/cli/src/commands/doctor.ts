import { type DoctorReport, doctor } from "@cassava/backend/node";
import * as tf from "@tensorflow/tfjs";
import type { Command } from "commander";
import { act, type CliContext, cacheFolder } from "../context.ts";
import type { CommonOptions } from "../options.ts";
import { bytes, table } from "../terminal/format.ts";
import { versions } from "../version.ts";

/** `cassava doctor` */
export function doctorCommand(program: Command, context: CliContext): void {
  program
    .command("doctor")
    .description("say which compute engines this machine has, which one is taken, and how to get a faster one")
    .action(
      act(context, async ({ output, env }, _: CommonOptions) => {
        tf.env().set("PROD", true);
        const report = await doctor();
        const cache = cacheFolder(env);
        output.result({ version: 1, versions, cache, ...report }, describeDoctor(report, cache));
      }),
    );
}

function describeDoctor({ node, platform, cpu, memory, engines, active, timing }: DoctorReport, cache: string): string {
  const rows = engines.map(({ name, package: from, state, detail, install }) => [name, from, state, install ?? detail]);
  return [
    `cassava ${versions.cassava}, Node ${node} on ${platform}, tfjs ${versions.tfjs}`,
    `processor: ${cpu.model}, ${cpu.cores} cores; memory: ${bytes(memory.totalBytes)}, ${bytes(memory.freeBytes)} free`,
    `cache: ${cache}`,
    "",
    table([["engine", "package", "state", "device, or the command that installs it"], ...rows]),
    "",
    `taken: ${active.name} (${active.device}); ${timing.what}: ${timing.msPerImage.toFixed(2)} ms an image`,
  ].join("\n");
}
