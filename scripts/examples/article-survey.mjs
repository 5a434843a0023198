import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";

/**
 * The survey on painted leaves: what learns from scratch comes before what is frozen at random, and both are reported.
 * @param {{ work: string, tally: import("../lib/tally.mjs").Tally }} context
 */
export const articleSurveySuite = async ({ work, tally: { check } }) => {
  await check("a network that learns comes before a random one, and the report says which is which", async () => {
    await run(process.execPath, [join(root, "examples/article-survey/main.mjs")], { cwd: work, tail: 20 });
    const survey = JSON.parse(await readFile(join(work, "article-survey/survey.json"), "utf8"));
    const [first, second] = survey.models;
    console.log(
      `    ${first.name} ${first.accuracy.estimate.toFixed(3)}, ${second.name} ${second.accuracy.estimate.toFixed(3)}`,
    );
    if (first.name !== "resnet14" || second.name !== "mobilenet") throw new Error(`${first.name}, ${second.name}`);
    const html = await readFile(join(work, "article-survey/survey.html"), "utf8");
    if (!/random weights, made by the seed 42 and frozen/.test(html)) throw new Error("random weights are not said so");
    await readFile(join(work, "article-survey/mobilenet/report.html"), "utf8");
  });
};
