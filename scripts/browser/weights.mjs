import { createServer } from "node:http";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { bundle } from "./bundle.mjs";

const PAGE = `import { loadBackbone } from "@cassava/models";
import { cacheStorage } from "@cassava/models/browser";
import { storeContract } from "../../contracts/test/store-contract.ts";
globalThis.names = storeContract.map(({ name }) => name);
globalThis.runCase = async (i) => {
  await caches.delete("contract");
  await storeContract[i].run(cacheStorage("contract"));
};
globalThis.entries = async () => {
  const { weights } = await loadBackbone("resnet14", { weights: "none" });
  return [...weights].map(([name, { shape }]) => ({ name, shape, dtype: "float32" }));
};
globalThis.load = async (url) => {
  const { weights } = await loadBackbone("resnet14", { weights: url, store: cacheStorage("weights") });
  return [...weights.values()].flatMap(({ data }) => [...data]).reduce((sum, value, i) => sum + value * i, 0);
};`;

/**
 * The Cache API as a store, and weights that @cassava/models, as built, downloads from another origin over a connection that drops.
 * @param {import("playwright-core").Page} page
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const weightsSuite = async (page, check) => {
  const script = await bundle(PAGE, join(root, "packages/models/test-browser"), { platform: "browser" });
  const site = await listen((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>');
  });
  try {
    await page.goto(`${site.origin}/`);
    await page.waitForFunction("'load' in globalThis");
    /** @type {readonly string[]} */
    const names = await page.evaluate("names");
    for (const [i, name] of names.entries()) {
      await check(`a store in the Cache API ${name}`, async () => void (await page.evaluate(`runCase(${i})`)));
    }
    for (const ranges of [true, false]) await download(page, check, ranges);
  } finally {
    await site.close();
  }
};

/**
 * @param {import("playwright-core").Page} page
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 * @param {boolean} ranges whether the other origin lets pages ask for ranges
 */
const download = async (page, check, ranges) => {
  /** @type {readonly { shape: readonly number[] }[]} */
  const entries = await page.evaluate("entries()");
  const size = entries.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
  const values = Float32Array.from({ length: size }, (_, i) => (i % 1000) / 7);
  const shard = new Uint8Array(values.buffer);
  const manifest = JSON.stringify({ weightsManifest: [{ paths: ["shard.bin"], weights: entries }] });
  /** @type {string[]} */
  const asked = [];
  const server = await listen((request, response) => {
    const { range } = request.headers;
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("ETag", '"v1"');
    // Chromium's own cache would resume by itself.
    response.setHeader("Cache-Control", "no-store");
    if (ranges) {
      response.setHeader("Access-Control-Allow-Headers", "range, if-range");
      response.setHeader("Access-Control-Expose-Headers", "etag, content-range");
    }
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    if (request.url === "/model.json") return void response.end(manifest);
    asked.push(range ?? "whole");
    const start = Number(/^bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
    const body = shard.subarray(start);
    const place = { "Content-Range": `bytes ${start}-${shard.length - 1}/${shard.length}` };
    response.writeHead(range ? 206 : 200, { "Content-Length": body.length, ...(range && place) });
    if (asked.length > 1) return void response.end(body);
    response.write(body.subarray(0, 300_000), () => setTimeout(() => response.destroy(), 300));
  });
  const how = ranges ? "are taken up where the connection dropped" : "are fetched anew where no range may be asked for";
  const wanted = values.reduce((sum, value, i) => sum + value * i, 0);
  const load = async () => {
    const found = await page.evaluate(`load("${server.origin}/model.json")`);
    if (found !== wanted) throw new Error(`other weights: ${found} instead of ${wanted}`);
  };
  await check(`weights from another origin ${how}`, async () => {
    await load();
    const resumed = asked.some((range) => /^bytes=[1-9]/.test(range));
    if (asked.length < 2 || resumed !== ranges) throw new Error(`asked for ${asked.join(", ")}`);
  });
  await server.close();
  await check("and are in the cache then, without their server", load);
};

/** @param {import("node:http").RequestListener} answer */
const listen = async (answer) => {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
