import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";

/**
 * Type-checks every line of the declarations that one entry of an installed package leads to, without skipLibCheck and,
 * where `node` is false, without Node's types. Errors in the declarations of others (TensorFlow.js has some) do not count.
 * @param {string} project folder in which the package is installed
 * @param {string} specifier
 * @param {{ resolution: "bundler" | "nodenext", node: boolean }} options
 * @returns {Promise<void>} rejects with the compiler's messages
 */
export const checkTypes = async (project, specifier, { resolution, node }) => {
  const file = join(project, `${specifier.replace(/\W+/g, "-")}.${resolution}.mts`);
  await writeFile(
    file,
    `import * as entry from ${JSON.stringify(specifier)};\nexport const names: (keyof typeof entry)[] = [];\n`,
  );
  const nodeNext = resolution === "nodenext";
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    module: nodeNext ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
    moduleResolution: nodeNext ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.Bundler,
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: node ? ["node"] : [],
    typeRoots: [join(project, "node_modules/@types")],
  });
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName === file || /node_modules\/@cassava\//.test(fileName));
  if (ours.length < 2) throw new Error(`${specifier} has no declarations`);
  const found = ours.flatMap((source) => [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ]);
  if (found.length === 0) return;
  const host = {
    getCanonicalFileName: (/** @type {string} */ name) => name,
    getCurrentDirectory: () => project,
    getNewLine: () => "\n",
  };
  throw new Error(ts.formatDiagnostics(found.slice(0, 10), host).trim());
};
