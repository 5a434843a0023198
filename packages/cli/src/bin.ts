#!/usr/bin/env node
import { main } from "./main.ts";

const controller = new AbortController();
process.once("SIGINT", () => {
  controller.abort(new Error("interrupted"));
  // A second Ctrl-C ends the process at once, as it does by default.
});
const { stdout, stderr, env } = process;
process.exitCode = await main(process.argv.slice(2), {
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  signal: controller.signal,
});
