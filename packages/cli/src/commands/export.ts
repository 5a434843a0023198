import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { folderStore } from "@cassava/data/node";
import { type CassavaClassifier, exportLayersModel, exportOnnx } from "@cassava/models";
import { type Command, Option } from "commander";
import { act, type CliContext } from "../context.ts";
import { CliError } from "../errors.ts";
import type { CommonOptions } from "../options.ts";
import { startEngine } from "../run/engine.ts";
import { loadRunModel } from "../run/load-run.ts";
import { readRunFile } from "../run/run-folder.ts";
import type { RunConfig } from "../run/settings.ts";
import { bytes } from "../terminal/format.ts";

type Format = "onnx" | "layers";

interface Options extends CommonOptions {
  readonly format: Format;
  readonly out: string;
  readonly float16?: true;
}

/** `cassava export <run>` */
export function exportCommand(program: Command, context: CliContext): void {
  program
    .command("export")
    .description("write the model of a saved run, preprocessing and softmax included, for programs without cassava")
    .argument("<run>", "a folder that cassava train wrote")
    .addOption(
      new Option("--format <name>", "onnx: one file for ONNX Runtime; layers: a folder for tf.loadLayersModel")
        .choices(["onnx", "layers"])
        .makeOptionMandatory(),
    )
    .requiredOption("--out <path>", "the file (onnx) or folder (layers); it must not exist yet")
    .option("--float16", "store the kernels as float16: half the size, nearly the same probabilities")
    .addHelpText("after", HELP)
    .action(
      act(context, async ({ cwd, output }, options: Options, runPath: string) => {
        const run = resolve(cwd, runPath);
        const out = resolve(cwd, options.out);
        await readRunFile<RunConfig>(run, "config.json");
        await checkFree(out);
        // The weights are only carried from one file to the other: the engine that is always there will do.
        await startEngine("wasm", output);
        const model = await loadRunModel(run);
        try {
          const { contract, classes } = model;
          const size = await replacing(out, (temporary) => WRITERS[options.format](model, temporary, options));
          const names = classes.map(({ name }) => name);
          const [height, width] = contract.inputSize;
          const document = {
            version: 1,
            out,
            format: options.format,
            bytes: size,
            input: [height, width, 3],
            classes: names,
          };
          output.result(
            document,
            `${out}: ${bytes(size)}, ${height}x${width} RGB 0-255 in, ${names.length} probabilities out`,
          );
        } finally {
          model.dispose();
        }
      }),
    );
}

const HELP = `
Input: float32 [n, height, width, 3], RGB values from 0 to 255, resized with antialiasing. Output: float32 [n, classes], probabilities.
In the ONNX file they are called images and probabilities; its metadata has the classes and the preprocessing as JSON.`;

/** How each format is written to a path that does not exist; the bytes written. */
const WRITERS: Readonly<Record<Format, (model: CassavaClassifier, path: string, options: Options) => Promise<number>>> =
  {
    async onnx(model, path, { float16 = false }) {
      const file = await exportOnnx(model, { float16 });
      await writeFile(path, file);
      return file.length;
    },
    async layers(model, path, { float16 = false }) {
      await mkdir(path);
      const files = await exportLayersModel(model, folderStore(path), { float16 });
      const sizes = await Promise.all(Object.keys(files).map(async (name) => (await stat(join(path, name))).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
  };

async function checkFree(out: string): Promise<void> {
  const there = await stat(out).then(
    () => true,
    () => false,
  );
  if (there) throw new CliError("OPTION_INVALID", `--out: ${out} exists already: choose another, or remove it`);
}

/** Lets `write` make a temporary path beside `out`, which then gets its name; nothing is left where that fails. */
async function replacing<T>(out: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = join(dirname(out), `.${basename(out)}.${process.pid}.partial`);
  try {
    await mkdir(dirname(out), { recursive: true });
    const result = await write(temporary);
    await rename(temporary, out);
    return result;
  } catch (cause) {
    // The first error is the one to tell.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    if (!isSystemError(cause)) throw cause;
    const message = `--out: ${out} cannot be written (${cause.message}): choose another place`;
    throw new CliError("OUTPUT_FAILED", message, { cause });
  }
}

/** An error of the file system. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
