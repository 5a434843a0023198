import { relative } from "node:path";

/**
 * The part of vitest's JSON report that is read here.
 * @typedef {object} Report
 * @property {readonly {
 *   name: string,
 *   status: string,
 *   message?: string,
 *   assertionResults: readonly { ancestorTitles: readonly string[], title: string, status: string }[],
 * }[]} testResults
 *
 * One test: `group` is its file and the titles above it.
 * @typedef {{ group: string, title: string }} Test
 */

/**
 * Adds up a report of vitest. A file that fails outside its tests (it does not load, a hook throws) is one failure.
 * @param {Report} report
 * @param {string} root absolute path that file names are given relative to
 * @returns {{ passed: number, failed: Test[], skipped: Test[] }}
 */
export const countTests = (report, root) => {
  let passed = 0;
  /** @type {Test[]} */
  const failed = [];
  /** @type {Test[]} */
  const skipped = [];
  for (const file of report.testResults) {
    const path = relative(root, file.name).replaceAll("\\", "/");
    const before = failed.length;
    for (const { ancestorTitles, title, status } of file.assertionResults) {
      const test = { group: [path, ...ancestorTitles.filter((one) => one !== "")].join(" > "), title };
      if (status === "passed") passed += 1;
      else if (status === "failed") failed.push(test);
      else skipped.push(test);
    }
    if (file.status === "failed" && failed.length === before)
      failed.push({ group: path, title: file.message?.split("\n")[0] || "fails outside its tests" });
  }
  return { passed, failed, skipped };
};

/**
 * One line for each test; a group with more than three becomes one line with their number.
 * @param {readonly Test[]} tests
 * @returns {string[]}
 */
export const listTests = (tests) => {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const { group, title } of tests) groups.set(group, [...(groups.get(group) ?? []), title]);
  return [...groups].flatMap(([group, titles]) =>
    titles.length > 3 ? [`${group} (${titles.length} tests)`] : titles.map((title) => `${group} > ${title}`),
  );
};
