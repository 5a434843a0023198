import { expect, it } from "vitest";
import { parse } from "yaml";
import { modelCard } from "../src/index.ts";
import { madeRun } from "./made-run.ts";

const OPTIONS = {
  name: "made: a | model",
  license: "apache-2.0",
  dataset: { name: "Cassava leaves", id: "owner/cassava" },
};

it("has front matter that a YAML parser reads back, with the scores of the run", () => {
  const run = madeRun();
  const [, front = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(modelCard(run, OPTIONS)) ?? [];
  const read = parse(front);
  expect(read).toMatchObject({
    license: "apache-2.0",
    pipeline_tag: "image-classification",
    datasets: ["owner/cassava"],
    "model-index": [{ name: OPTIONS.name, results: [{ dataset: { type: "owner/cassava", split: "test" } }] }],
  });
  const metrics = read["model-index"][0].results[0].metrics as { type: string; value: number }[];
  expect(metrics.find(({ type }) => type === "accuracy")!.value).toBeCloseTo(run.summary.accuracy.estimate!, 4);
  expect(metrics.find(({ type }) => type === "balanced_accuracy")!.value).toBeCloseTo(
    run.summary.balancedAccuracy.estimate!,
    4,
  );
  expect(body).toContain(run.verdict.text);
  for (const finding of run.diagnosis!.findings.filter(({ severity }) => severity !== "info"))
    expect(body).toContain(finding.title);
});

it("keeps its tables whole whatever classes are called", () => {
  const card = modelCard(madeRun(["a|b", "c\nd", "e"]), OPTIONS);
  const rows = card.split("\n").filter((line) => /^\| (a\\\||c d)/.test(line));
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(7);
  expect(rows.some((row) => row.startsWith("| a\\|b |"))).toBe(true);
});
