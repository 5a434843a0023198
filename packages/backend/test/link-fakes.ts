import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { type LinkHost, linkTensorflowOn } from "../src/node/link-tensorflow.ts";
import type { CommandResult } from "../src/node/link-tensorflow-run.ts";
import type { PlacedLink } from "../src/node/tensorflow-links.ts";

/** The package that is planted. */
export const NAME = "@tensorflow/tfjs-node";
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cassava-link-"));
  plantPackage();
  plantTensorflow();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The folder of the planted package. */
export const packageFolder = (): string => join(root, "node_modules", NAME);
/** The folder of the planted TensorFlow. */
export const tensorflowFolder = (): string => join(root, "site-packages", "tensorflow");
/** Cassava's cache. */
export const cache = (): string => join(root, "cache");
/** The file whose `node_modules` hold the planted package. */
export const from = (): string => join(root, "index.js");

/** tfjs-node as pnpm leaves it: with its C++ sources, without its addon. */
function plantPackage(): void {
  mkdirSync(join(packageFolder(), "binding"), { recursive: true });
  writeFileSync(
    join(packageFolder(), "package.json"),
    JSON.stringify({ name: NAME, version: "4.22.0", main: "main.js" }),
  );
  for (const file of ["tfjs_backend.cc", "tfjs_binding.cc", "utils.h"]) {
    writeFileSync(join(packageFolder(), "binding", file), `// ${file}`);
  }
}

function plantTensorflow(): void {
  mkdirSync(join(tensorflowFolder(), "include", "tensorflow", "c"), { recursive: true });
  writeFileSync(join(tensorflowFolder(), "include", "tensorflow", "c", "c_api.h"), "");
  for (const file of ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]) {
    writeFileSync(join(tensorflowFolder(), file), "library");
  }
}

/** What the programs of a machine do; a program that is not here does not start. */
export interface Machine {
  readonly python?: (program: string) => Partial<CommandResult> | undefined;
  readonly compilers?: readonly string[];
  readonly compile?: Partial<CommandResult>;
  readonly check?: Partial<CommandResult>;
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: string;
}

/** A program that prints this. */
export const json = (value: unknown): Partial<CommandResult> => ({ stdout: `${JSON.stringify(value)}\n` });
/** A Python that has this TensorFlow. */
export const pythonWith = (version: string | null, folder: string | null = tensorflowFolder()) =>
  json({ python: "/py", folder, version });
const goodCheck = json({ version: "2.21.0", gpu: false, difference: 1e-7 });

/** A machine on which linking works, but for what `changes` says, and every command that was run on it. */
export function machine(changes: Machine = {}): { readonly host: LinkHost; readonly commands: string[][] } {
  const { python = () => pythonWith("2.21.0"), compilers = ["g++"], compile = {}, check = goodCheck } = changes;
  const commands: string[][] = [];
  const answer = (program: string, args: readonly string[]): Partial<CommandResult> | undefined => {
    if (program === process.execPath) return check;
    if (args[0] === "-c") return python(program);
    if (!compilers.includes(program)) return undefined;
    if (args.includes("--version")) return { stdout: `${program} 12\nmore\n` };
    const output = args[args.indexOf("-o") + 1]!;
    if ((compile.code ?? 0) === 0) writeFileSync(output, "addon");
    return compile;
  };
  const run: LinkHost["run"] = async (program, args) => {
    commands.push([program, ...args]);
    const result = answer(program, args);
    return result && { code: 0, stdout: "", stderr: "", ...result };
  };
  const { env = {}, platform = "linux" } = changes;
  return { host: { run, env, platform, arch: process.arch, packages: [NAME], from: from() }, commands };
}

/** Links on a machine with these changes. */
export const link = (changes: Machine = {}, options: { python?: string } = {}): Promise<PlacedLink> =>
  linkTensorflowOn(machine(changes).host, { cache: cache(), ...options });
