import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./paths.mjs";
import { endGroup, run } from "./run.mjs";

/** The last one that runs on Node 20. Its audit plugin asks for the tag `cjs` of node-fetch, which not every mirror of npm has. */
const VERSION = "6.8.0";
const OVERRIDES = { "node-fetch": "2.7.0" };
/** How long the registry may take to answer after its start, in ms. */
const PATIENCE = 60_000;

/**
 * A registry of this machine alone: whatever is published there stays in its folder.
 * @typedef {object} Registry
 * @property {string} url `http://127.0.0.1:PORT/`
 * @property {string} config a file for npm's `userconfig`: this registry, and a token that it takes
 * @property {() => Promise<void>} stop
 */

/** Installs verdaccio into `.cache/` of the root, once. @param {AbortSignal} signal @returns {Promise<string>} path of its program */
const install = async (signal) => {
  const folder = join(root, ".cache/verdaccio", VERSION);
  const program = "node_modules/verdaccio/bin/verdaccio";
  if (existsSync(join(folder, program))) return join(folder, program);
  process.stderr.write(`installing verdaccio ${VERSION}…\n`);
  const unfinished = `${folder}.${process.pid}`;
  try {
    await mkdir(unfinished, { recursive: true });
    const content = { private: true, dependencies: { verdaccio: VERSION }, overrides: OVERRIDES };
    await writeFile(join(unfinished, "package.json"), JSON.stringify(content));
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"];
    await run("npm", args, { cwd: unfinished, tail: 10, signal });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return join(folder, program);
};

/** @returns {Promise<number>} a port of loopback that is free now */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/**
 * Starts a verdaccio on a free port of loopback that takes packages of @cassava from anybody and passes everything else on from the
 * registry that npm is configured with.
 * @param {string} work empty folder for its configuration and what is published
 * @param {AbortSignal} signal
 * @returns {Promise<Registry>} rejects with what it printed where it does not start
 */
export const startRegistry = async (work, signal) => {
  const program = await install(signal);
  const uplink = (await run("npm", ["config", "get", "registry"], { cwd: work, tail: 5, signal })).stdout.trim();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const settings = {
    storage: join(work, "storage"),
    auth: { htpasswd: { file: join(work, "htpasswd"), max_users: -1 } },
    uplinks: { npm: { url: uplink, cache: false, timeout: "60s", max_fails: 20, fail_timeout: "1s" } },
    packages: { "@cassava/*": { access: "$all", publish: "$all" }, "**": { access: "$all", proxy: "npm" } },
    web: { enable: false },
    max_body_size: "100mb",
    log: { type: "stdout", format: "pretty", level: "warn" },
  };
  // JSON is YAML.
  await writeFile(join(work, "verdaccio.yaml"), JSON.stringify(settings));
  const config = join(work, "npmrc");
  await writeFile(config, `registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\n`);
  const args = [program, "--config", join(work, "verdaccio.yaml"), "--listen", `127.0.0.1:${port}`];
  const child = spawn(process.execPath, args, { cwd: work, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let printed = "";
  let ended = false;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      printed = (printed + text).slice(-5000);
    });
  const closed = new Promise((resolve) => {
    child.on("error", resolve).on("close", resolve);
  }).then(() => {
    ended = true;
  });
  const stop = async () => {
    endGroup(child);
    // It closes its connections first, which a client that was cut off keeps open.
    const kill = setTimeout(() => endGroup(child, "SIGKILL"), 3000);
    await closed;
    clearTimeout(kill);
  };
  try {
    for (const end = Date.now() + PATIENCE; ; await sleep(200, undefined, { signal })) {
      if (ended || Date.now() > end) throw new Error(`verdaccio does not answer at ${url}\n${printed}`);
      if (
        await fetch(`${url}-/ping`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return { url, config, stop };
    }
  } catch (error) {
    await stop();
    throw error;
  }
};
