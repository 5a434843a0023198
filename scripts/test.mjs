// `pnpm test [vitest arguments]`: every test from the sources; nothing needs to be built. Ends with one line that adds
// up what ran, counted from vitest's own report.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./lib/paths.mjs";
import { skipFails } from "./lib/skips.mjs";
import { countTests, listTests } from "./lib/vitest-report.mjs";

const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
const work = await mkdtemp(join(tmpdir(), "cassava-test-"));
const report = join(work, "report.json");

/** @type {number} */
const exitCode = await new Promise((resolve, reject) => {
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, ...args, ...process.argv.slice(2)], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  child.on("error", reject);
  child.on("close", (code) => resolve(code ?? 1));
});
const text = await readFile(report, "utf8").catch(() => undefined);
await rm(work, { recursive: true, force: true });

const counts = text === undefined ? { passed: 0, failed: [], skipped: [] } : countTests(JSON.parse(text), root);
const mayNotSkip = counts.skipped.filter(({ group, title }) => skipFails(`${group} ${title}`));
const skipped = counts.skipped.filter((test) => !mayNotSkip.includes(test));
const failures = [
  ...listTests(counts.failed),
  ...listTests(mayNotSkip).map((name) => `${name}: skipped, and nothing may skip here`),
];
let failed = counts.failed.length + mayNotSkip.length;
// vitest also ends badly on an error outside every test (an unhandled rejection): its output above names it.
if (exitCode !== 0 && counts.failed.length === 0) {
  failures.push(`vitest ended with exit code ${exitCode}: see above`);
  failed += 1;
}
const { passed } = counts;
const list = (/** @type {string} */ title, /** @type {string} */ mark, /** @type {readonly string[]} */ names) => {
  if (names.length > 0) console.log(`\n${title}\n${names.map((name) => `  ${mark} ${name}`).join("\n")}`);
};
list("SKIPPED, so nothing is known about", "↓", listTests(skipped));
list("FAILED", "✗", failures);
if (passed + failed === 0) console.log("\nno test ran");
console.log(`\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
