import { type DoctorReport, doctor, type LinkReport, linkTensorflow } from "@cassava/backend/node";
import * as tf from "@tensorflow/tfjs";
import { type Command, Option } from "commander";
import { act, type CliContext, cacheFolder } from "../context.ts";
import type { CommonOptions } from "../options.ts";
import { bytes, table } from "../terminal/format.ts";
import { versions } from "../version.ts";

interface DoctorCommandOptions extends CommonOptions {
  readonly linkTensorflow?: boolean;
  readonly python?: string;
}

/** `cassava doctor` */
export function doctorCommand(program: Command, context: CliContext): void {
  program
    .command("doctor")
    .description("say which compute engines this machine has, which one is taken, and how to get a faster one")
    .option(
      "--link-tensorflow",
      "first compile the addon of the installed tfjs-node against the TensorFlow (2.15 or newer) of a Python; needs a C++ compiler",
    )
    .addOption(
      new Option("--python <path>", "the Python to take it from; default: python3 or python").implies({
        linkTensorflow: true,
      }),
    )
    .action(
      act(context, async ({ output, env }, options: DoctorCommandOptions) => {
        tf.env().set("PROD", true);
        const cache = cacheFolder(env);
        if (options.linkTensorflow) {
          await linkTensorflow({ python: options.python, cache, onProgress: (line) => output.info(line) });
        }
        const report = await doctor();
        output.result({ version: 1, versions, cache, ...report }, describeDoctor(report, cache));
      }),
    );
}

function describeDoctor(report: DoctorReport, cache: string) {
  const { node, platform, cpu, memory, gpus, adapters, engines, frozen, link, active, timing } = report;
  const rows = [...engines, ...frozen].map((one) => {
    const { name, package: from, state, detail, install } = one;
    const time = "timing" in one && one.timing ? `${one.timing.msPerImage.toFixed(2)} ms` : "";
    return [name, from, state, time, install ?? detail];
  });
  const cards = gpus.map(({ name, driver, memoryBytes }) =>
    [name, driver && `driver ${driver}`, memoryBytes && bytes(memoryBytes)].filter(Boolean).join(", "),
  );
  return [
    `cassava ${versions.cassava}, Node ${node} on ${platform}, tfjs ${versions.tfjs}`,
    `processor: ${cpu.model}, ${cpu.cores} cores${cpu.features.length > 0 ? `, ${cpu.features.join(" ")}` : ""}`,
    `memory: ${bytes(memory.totalBytes)}, ${bytes(memory.freeBytes)} free`,
    `graphics: ${cards.length > 0 ? cards.join("; ") : "none that the system shows"}`,
    ...(adapters.length > 0
      ? [
          `WebGPU adapters: ${adapters.map(({ name, software }) => (software ? `${name} (software)` : name)).join("; ")}`,
        ]
      : []),
    `cache: ${cache}`,
    `TensorFlow of Python: ${describeLink(link)}`,
    "",
    table([["engine", "package", "state", "an image", "device, or the command that installs it"], ...rows]),
    "",
    `taken: ${active.name} (${active.device})`,
    `timed: ${timing.what}`,
  ].join("\n");
}

function describeLink(link: LinkReport | undefined): string {
  const command = "cassava doctor --link-tensorflow [--python PATH]";
  if (link === undefined) return `not linked (${command})`;
  const { state, tensorflow, folder, cuda, linkedAt, reason } = link;
  if (state === "stale") return `${reason}: link it again (${command})`;
  return `${tensorflow}${cuda === undefined ? "" : `, CUDA ${cuda}`}, linked ${linkedAt.slice(0, 10)}, in ${folder}`;
}
