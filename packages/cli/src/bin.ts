#!/usr/bin/env node
import { main } from "./main.ts";

const controller = new AbortController();
let interrupted: number | undefined;
// Once each: a second Ctrl-C ends the process at once, as it does by default.
for (const [signal, code] of [["SIGINT", 130] as const, ["SIGTERM", 143] as const]) {
  process.once(signal, () => {
    interrupted = code;
    const clear = process.stderr.isTTY ? "\r\u001b[2K" : "";
    process.stderr.write(`${clear}interrupted: leaving things in order; once more ends at once\n`);
    controller.abort(new Error("interrupted"));
  });
}
const { stdin, stdout, stderr, env } = process;
// A reader that went away (`| head -1`) must not end a run: the rest is written to nobody.
for (const stream of [stdout, stderr]) stream.on("error", () => {});
const code = await main(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  signal: controller.signal,
});
process.exitCode = interrupted !== undefined && code !== 0 ? interrupted : code;
