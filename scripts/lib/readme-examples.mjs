import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { transform } from "esbuild";
import ts from "typescript";

/**
 * The first example of a README: what a visitor copies.
 * @param {string} text Markdown
 * @returns {string | undefined} its first block of TypeScript
 */
export const firstExample = (text) => /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1];

/**
 * Puts what first examples may read into the stranger's project: `train.tfrec`, and `cassava/`, a folder of shards. Needs the demo's run.
 * @param {string} folder of the project
 */
export const layOutExamples = async (folder) => {
  const shards = join(folder, "runs/demo/shards");
  const [shard = ""] = (await readdir(shards)).filter((name) => name.endsWith(".tfrec"));
  await cp(join(shards, shard), join(folder, "train.tfrec"));
  await cp(shards, join(folder, "cassava"), { recursive: true });
};

/**
 * Type-checks examples, strictly, against the installed declarations.
 * @param {string} folder of the project, with `@types/node`
 * @param {ReadonlyMap<string, string>} examples code by name; a name becomes that of a file
 * @returns {Promise<Map<string, string>>} the compiler's messages by name; what has none is right
 */
export const exampleFaults = async (folder, examples) => {
  await mkdir(join(folder, "examples"), { recursive: true });
  const files = [...examples.keys()].map((name) => join(folder, "examples", `${name}.mts`));
  // A module, with `await` at its top, also where it imports nothing.
  await Promise.all([...examples.values()].map((code, at) => writeFile(files[at] ?? "", `${code}\nexport {};\n`)));
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(folder, "node_modules/@types")],
  });
  /** @type {Map<string, string>} */
  const faults = new Map();
  for (const [at, name] of [...examples.keys()].entries()) {
    const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(files[at] ?? ""));
    const host = {
      getCanonicalFileName: (/** @type {string} */ path) => path,
      getCurrentDirectory: () => folder,
      getNewLine: () => "\n",
    };
    if (found.length > 0) faults.set(name, ts.formatDiagnostics(found.slice(0, 10), host).trim());
  }
  return faults;
};

/** @param {string} code TypeScript @returns {Promise<string>} what Node 20 runs */
export const withoutTypes = async (code) =>
  (await transform(code, { loader: "ts", format: "esm", target: "es2022" })).code;
