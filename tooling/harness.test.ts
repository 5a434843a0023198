import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { entriesOf } from "../scripts/lib/pack.mjs";
import { run } from "../scripts/lib/run.mjs";
import { formatTable } from "../scripts/lib/table.mjs";
import { tally } from "../scripts/lib/tally.mjs";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What the harness prints, line by line. */
const printed = () => {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  return lines;
};

describe("tally", () => {
  it("counts, and fails on a throw, a rejection and false", async () => {
    const lines = printed();
    const { check, close } = tally();
    expect(await check("fine", () => undefined)).toBe(true);
    expect(await check("throws", () => JSON.parse("{"))).toBe(false);
    expect(await check("rejects", async () => Promise.reject(new Error("no")))).toBe(false);
    expect(await check("false", () => false)).toBe(false);
    expect(close()).toBe(1);
    expect(lines.at(-1)).toBe("1 passed, 3 failed");
  });

  it("fails where nothing ran, and says what was skipped", () => {
    const lines = printed();
    vi.stubEnv("CASSAVA_NO_SKIPS", "");
    const { skip, close } = tally();
    skip("photographs", "../shared is missing");
    expect(close()).toBe(1);
    expect(lines).toEqual([
      "↓ SKIPPED photographs: ../shared is missing",
      "nothing ran",
      "0 passed, 0 failed, 1 skipped",
    ]);
  });

  it("refuses skips where nothing may skip, but for what the machine lacks", async () => {
    const lines = printed();
    vi.stubEnv("CASSAVA_NO_SKIPS", "1");
    const { check, skip, close } = tally();
    await check("fine", () => undefined);
    skip("the addon", "`pnpm engines` links one");
    skip("photographs", "../shared is missing");
    expect(close()).toBe(1);
    expect(lines.at(-1)).toBe("1 passed, 1 failed, 1 skipped");
  });
});

/** A process that has ended and that nobody has waited for counts as ended. */
const ended = (pid: number) => {
  try {
    process.kill(pid, 0);
    return existsSync(`/proc/${pid}/stat`) && readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return true;
  }
};

describe("run", () => {
  const node = (code: string) => run(process.execPath, ["-e", code], { tail: 1 });

  it("resolves with both streams", async () => {
    expect(await node('console.log("out"); console.error("err")')).toEqual({ stdout: "out\n", stderr: "err\n" });
  });

  it("rejects with the last lines and the exit code", async () => {
    const failure = node('console.error("first\\nlast"); process.exit(3)');
    await expect(failure).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/ended with exit code 3\nlast$/),
    });
    await expect(run("no-such-program-here", [])).rejects.toThrow("does not start");
  });

  it("ends a program and what it started where its signal aborts", async () => {
    const controller = new AbortController();
    const grandchild = "setInterval(() => {}, 1000)";
    const code = `const { spawn } = require("node:child_process");
      const { pid } = spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "ignore" });
      require("node:fs").writeFileSync(process.argv[1], String(pid)); setInterval(() => {}, 1000);`;
    const folder = await mkdtemp(join(tmpdir(), "cassava-run-"));
    const file = join(folder, "pid");
    const running = run(process.execPath, ["-e", code, file], { signal: controller.signal });
    await vi.waitUntil(() => existsSync(file) && readFileSync(file, "utf8") !== "", { timeout: 30_000 });
    const pid = Number(readFileSync(file, "utf8"));
    expect(process.kill(pid, 0)).toBe(true);
    controller.abort();
    await expect(running).rejects.toThrow("ended with SIGTERM");
    await vi.waitUntil(() => ended(pid), { timeout: 10_000 });
    await expect(run("true", [], { signal: controller.signal })).rejects.toThrow("aborted");
    await rm(folder, { recursive: true });
  });
});

describe("entriesOf", () => {
  it("names every entry but package.json, and whether a browser may take it", () => {
    const exports = {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./node": { types: "./dist/node.d.ts", browser: null, default: "./dist/node.js" },
      "./package.json": "./package.json",
    };
    expect(entriesOf({ name: "@cassava/x", version: "0.0.0", exports })).toEqual([
      { specifier: "@cassava/x", browser: true },
      { specifier: "@cassava/x/node", browser: false },
    ]);
  });
});

describe("formatTable", () => {
  it("aligns words left and numbers right, to four digits", () => {
    expect(
      formatTable([
        { contender: "ours", seconds: 0.123456 },
        { contender: "a peer", seconds: 12 },
      ]),
    ).toBe("contender  seconds\nours        0.1235\na peer          12\n");
  });
});
