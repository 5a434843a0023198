import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bytes, duration, table } from "../src/terminal/format.ts";
import { createOutput } from "../src/terminal/output.ts";
import { startProgress } from "../src/terminal/progress.ts";
import { cassava } from "./support.ts";

describe("format", () => {
  it("writes durations and sizes for people", () => {
    expect([4.24, 59.4, 61, 3599, 7440].map(duration)).toEqual([
      "4.2 s",
      "59 s",
      "1 min 1 s",
      "59 min 59 s",
      "2 h 4 min",
    ]);
    expect([512, 1536, 3 * 2 ** 30].map(bytes)).toEqual(["512 B", "1.5 KiB", "3.0 GiB"]);
  });
  it("aligns numbers to the right and words to the left", () => {
    const text = table([
      ["class", "n"],
      ["a", 5],
      ["long", 12],
    ]);
    expect(text).toBe("class   n\na       5\nlong   12");
  });
});

describe("progress", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is a line every ten seconds where there is no terminal", () => {
    const lines: string[] = [];
    const progress = startProgress("reading", 100, { write: (text) => lines.push(text) });
    for (let done = 1; done <= 30; done++) {
      vi.advanceTimersByTime(1000);
      progress.update(done);
    }
    expect(lines).toEqual([
      "reading: 10 % (10 of 100), 1 min 30 s left\n",
      "reading: 20 % (20 of 100), 1 min 20 s left\n",
      "reading: 30 % (30 of 100), 1 min 10 s left\n",
    ]);
    expect(progress.end()).toBe(30);
  });

  it("is a bar with the time left on a terminal, and clears it", () => {
    const parts: string[] = [];
    const progress = startProgress("reading", 4, { isTTY: true, columns: 80, write: (text) => parts.push(text) });
    vi.advanceTimersByTime(2000);
    progress.update(2, "loss 1.0");
    progress.end();
    expect(parts).toEqual([
      "\r\u001b[2Kreading ████████████░░░░░░░░░░░░ 50 % (2 of 4), 2.0 s left, loss 1.0",
      "\r\u001b[2K",
    ]);
  });
});

it("keeps stdout for the result, and colours for terminals without NO_COLOR", () => {
  for (const [isTTY, env, coloured] of [
    [true, {}, true],
    [true, { NO_COLOR: "1" }, false],
    [false, {}, false],
  ] as const) {
    const stdout: string[] = [];
    const stderr: string[] = [];
    const output = createOutput(
      { json: true },
      { stdout: { write: (text) => stdout.push(text) }, stderr: { isTTY, write: (text) => stderr.push(text) }, env },
    );
    output.info("one");
    output.warn("two");
    output.result({ three: 3 }, "three");
    expect(stdout.join("")).toBe('{\n  "three": 3\n}\n');
    expect(stderr.join("").includes("\u001b[33m")).toBe(coloured);
    expect(output.log).toEqual(["one", "warning: two"]);
  }
});

it("has help for every command, and suggests what was meant", async () => {
  const { code, stdout } = await cassava(".", "--help");
  expect(code).toBe(0);
  expect(stdout).toContain("Exit codes: 0 good, 1 error, 2 findings as grave as --fail-on, 130 interrupted.");
  const commands = ["inspect", "audit", "convert", "split", "train", "evaluate", "predict", "doctor", "demo"];
  for (const command of commands) {
    expect(stdout).toContain(`  ${command} `);
    const help = await cassava(".", command, "--help");
    expect([help.code, help.stdout]).toEqual([0, expect.stringMatching(/--json[\s\S]*--quiet/)]);
  }
  const mistyped = await cassava(".", "trian");
  expect([mistyped.code, mistyped.stderr]).toEqual([
    1,
    expect.stringMatching(/unknown command 'trian'[\s\S]*Did you mean train/),
  ]);
  const empty = await cassava(".");
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining("Usage: cassava")]);
});

it("suggests an option, and a choice", async () => {
  const option = await cassava(".", "audit", "data", "--quite");
  expect([option.code, option.stderr]).toEqual([1, expect.stringMatching(/--quite'\n\(Did you mean --quiet\?\)/)]);
  for (const [flag, value, meant] of [
    ["--recipe", "bset", "best"],
    ["--optimizer", "adamm", "adam"],
    ["--engine", "wams", "wasm"],
    ["--backbone", "resnet5O", "resnet50"],
  ]) {
    const choice = await cassava(".", "train", "data", flag!, value!);
    expect([choice.code, choice.stderr]).toEqual([1, expect.stringMatching(new RegExp(`Did you mean ${meant}\\?`))]);
  }
  const far = await cassava(".", "train", "data", "--recipe", "pancakes");
  expect([far.code, far.stderr]).toEqual([1, expect.not.stringContaining("Did you mean")]);
});
