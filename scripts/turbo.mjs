// `node scripts/turbo.mjs run TASK …`: turbo with this repository's settings (no telemetry, no remote cache).
import { spawn } from "node:child_process";
import { turbo, turboEnvironment } from "./lib/turbo.mjs";

const child = spawn(process.execPath, [turbo, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { CASSAVA_DTS: "1", ...process.env, ...turboEnvironment },
});
child.on("close", (code) => process.exit(code ?? 1));
