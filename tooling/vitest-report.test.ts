import { describe, expect, it } from "vitest";
import { countTests, listTests } from "../scripts/lib/vitest-report.mjs";

const file = (name: string, status: string, ...tests: (readonly [title: string, status: string])[]) => ({
  name: `/here/${name}`,
  status,
  message: status === "failed" ? "Cannot find module\nat …" : "",
  assertionResults: tests.map(([title, outcome]) => ({ ancestorTitles: ["", "codec"], title, status: outcome })),
});

describe("countTests", () => {
  it("adds up what ran and names the rest", () => {
    const testResults = [
      file("a.test.ts", "passed", ["one", "passed"], ["two", "passed"], ["three", "pending"]),
      file("b.test.ts", "failed", ["four", "failed"], ["five", "todo"]),
    ];
    expect(countTests({ testResults }, "/here")).toEqual({
      passed: 2,
      failed: [{ group: "b.test.ts > codec", title: "four" }],
      skipped: [
        { group: "a.test.ts > codec", title: "three" },
        { group: "b.test.ts > codec", title: "five" },
      ],
    });
  });

  it("counts a file that fails outside its tests as one failure", () => {
    const testResults = [file("broken.test.ts", "failed"), file("hook.test.ts", "failed", ["one", "skipped"])];
    expect(countTests({ testResults }, "/here").failed).toEqual([
      { group: "broken.test.ts", title: "Cannot find module" },
      { group: "hook.test.ts", title: "Cannot find module" },
    ]);
  });
});

describe("listTests", () => {
  it("names each test, and a group of more than three by its number", () => {
    const few = ["one", "two"].map((title) => ({ group: "a.test.ts", title }));
    const many = ["1", "2", "3", "4"].map((title) => ({ group: "b.test.ts > codec", title }));
    expect(listTests([...few, ...many])).toEqual(["a.test.ts > one", "a.test.ts > two", "b.test.ts > codec (4 tests)"]);
  });
});
