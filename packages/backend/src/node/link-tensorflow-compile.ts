import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BackendError } from "../errors.ts";
import type { PythonTensorflow } from "./link-tensorflow-python.ts";
import { type CommandResult, type RunCommand, telltaleLine } from "./link-tensorflow-run.ts";

/** A C++ compiler: program and first arguments (`CXX` may say "ccache g++"), and what it says of itself. */
export interface Compiler {
  readonly command: readonly [program: string, ...args: string[]];
  readonly version: string;
}

/**
 * The compiler that `CXX` names, or the first of g++, c++ and clang++ that starts.
 *
 * @throws {BackendError} `COMPILER_MISSING`
 */
export async function findCompiler(env: NodeJS.ProcessEnv, run: RunCommand): Promise<Compiler> {
  // An empty CXX means none, as for make.
  const named = env.CXX?.trim() || undefined;
  const candidates = named === undefined ? ["g++", "c++", "clang++"] : [named];
  for (const candidate of candidates) {
    const command = candidate.split(/\s+/) as [string, ...string[]];
    const result = await run(command[0], [...command.slice(1), "--version"]);
    if (result?.code === 0) return { command, version: result.stdout.split("\n")[0]!.trim() };
  }
  const none = named === undefined ? `none of ${candidates.join(", ")} starts` : `${named} (from CXX) does not start`;
  const message = `no C++ compiler: ${none}; install one (Debian: apt-get install g++, macOS: xcode-select --install) or name it in CXX`;
  throw new BackendError("COMPILER_MISSING", message);
}

/** Headers that the addon includes, and where versions of TensorFlow have moved them to. */
const MOVED_HEADERS: Readonly<Record<string, readonly string[]>> = {
  "tensorflow/core/platform/ctstring_internal.h": [
    "tsl/platform/ctstring_internal.h",
    "xla/tsl/platform/ctstring_internal.h",
    "tensorflow/tsl/platform/ctstring_internal.h",
  ],
};

/** Writes into `folder` a header that includes the moved one, for each that this TensorFlow has moved. */
async function forwardMovedHeaders(include: string, folder: string): Promise<void> {
  for (const [header, places] of Object.entries(MOVED_HEADERS)) {
    const place = places.find((candidate) => existsSync(join(include, candidate)));
    if (existsSync(join(include, header)) || place === undefined) continue;
    await mkdir(dirname(join(folder, header)), { recursive: true });
    await writeFile(join(folder, header), `#include "${place}"\n`);
  }
}

/** What {@link compileAddon} compiles. */
export interface CompileJob {
  readonly compiler: Compiler;
  readonly tensorflow: PythonTensorflow;
  /** Folder of tfjs-node's C++ sources. */
  readonly sources: string;
  /** Folder of Node-API's headers. */
  readonly nodeHeaders: string;
  readonly platform: string;
  /** File to write. */
  readonly output: string;
  /** Folder for generated headers. */
  readonly work: string;
}

/**
 * Compiles tfjs-node's addon against a TensorFlow, which is found again by its path at run time. Every symbol is bound when
 * the addon is loaded, so that one that is missing shows then and not in the middle of a training.
 *
 * @throws {BackendError} `LINK_FAILED` with the compiler's first error, whose whole output `keepLog` gets.
 */
export async function compileAddon(
  { compiler, tensorflow, sources, nodeHeaders, platform, output, work }: CompileJob,
  run: RunCommand,
  keepLog: (result: CommandResult) => Promise<string>,
): Promise<void> {
  const include = join(tensorflow.folder, "include");
  const forwarded = join(work, "include");
  await forwardMovedHeaders(include, forwarded);
  const files = (await readdir(sources)).filter((file) => file.endsWith(".cc")).sort();
  const [program, ...first] = compiler.command;
  const result = await run(program, [
    ...first,
    "-O2",
    "-std=c++17",
    "-fPIC",
    ...(platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared", "-Wl,-z,now"]),
    "-DNAPI_VERSION=8",
    "-DNODE_GYP_MODULE_NAME=tfjs_binding",
    "-DBUILDING_NODE_EXTENSION",
    `-I${nodeHeaders}`,
    `-I${forwarded}`,
    `-I${include}`,
    ...files.map((file) => join(sources, file)),
    ...tensorflow.libraries,
    `-Wl,-rpath,${tensorflow.folder}`,
    "-o",
    output,
  ]);
  if (result?.code === 0) return;
  const ended = result ?? { code: 127, stdout: "", stderr: `${program} does not start` };
  const log = await keepLog(ended);
  const message = `tfjs-node's addon does not compile against TensorFlow ${tensorflow.version}: ${telltaleLine(ended)} (log: ${log})`;
  throw new BackendError("LINK_FAILED", message);
}
