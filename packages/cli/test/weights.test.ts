import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSyntheticShards } from "@cassava/data/node";
import { loadBackbone } from "@cassava/models";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { cassava, scratchFolder } from "./support.ts";

const name = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5";
const file = fileURLToPath(new URL(`../../../../shared/weights/${name}`, import.meta.url));

let folder: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  folder = await scratchFolder();
  await writeSyntheticShards(join(folder.path, "shards"), { count: 100, seed: 3 }, { shards: 2 });
});
afterAll(() => folder.remove());
afterEach(() => vi.unstubAllGlobals());

function train(backbone: string, weights: string, out: string, ...options: string[]) {
  const training = ["--epochs", "1", "--head", "none", "--input-size", "64", "--force", ...options];
  return cassava(
    folder.path,
    "train",
    "shards",
    "--backbone",
    backbone,
    "--weights",
    weights,
    "--out",
    out,
    ...training,
  );
}

const noNetwork = () =>
  vi.stubGlobal("fetch", () =>
    Promise.reject(new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND storage.googleapis.com") })),
  );

it("train takes weights from an address, says how many bytes it fetched, and fetches them once", async () => {
  const { weights } = await loadBackbone("resnet14", { weights: "none", seed: 4 });
  const entries = [...weights].map(([name, { shape }]) => ({ name, shape, dtype: "float32" }));
  const shard = Buffer.concat([...weights.values()].map(({ data }) => new Uint8Array(data.buffer)));
  const manifest = JSON.stringify({ weightsManifest: [{ paths: ["shard.bin"], weights: entries }] });
  const server = createServer(({ url }, response) => response.end(url?.endsWith(".json") ? manifest : shard));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.json`;
  const first = await train("resnet14", address, "from-address");
  await new Promise((resolve) => server.close(resolve));
  expect(first.stderr).toMatch(/^weights: \d+\.\d KiB in \d+\.\d s$/m);
  expect(first.code).toBe(0);
  const config = JSON.parse(await readFile(join(folder.path, "from-address", "config.json"), "utf8"));
  expect(config.settings.weights).toBe(address);

  noNetwork();
  const second = await train("resnet14", address, "from-cache");
  expect(second.stderr).not.toMatch(/^weights:/m);
  expect(second.code).toBe(0);
});

describe.skipIf(!existsSync(file))("train --weights imagenet (skipped where ../shared/weights is missing)", () => {
  it("says without network where the file belongs, and works once it is there", async () => {
    noNetwork();
    const refused = await train("mobilenetV2", "imagenet", "no-network", "--quiet");
    const path = join(folder.path, "cache", "weights", name);
    expect(refused).toEqual({
      code: 1,
      stdout: "",
      stderr: `error: https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/${name}: cannot be reached (getaddrinfo ENOTFOUND storage.googleapis.com); try again, or put the file at ${path}\n`,
    });
    expect(existsSync(join(folder.path, "no-network"))).toBe(false);

    await mkdir(dirname(path), { recursive: true });
    await copyFile(file, path);
    const { code, stderr } = await train("mobilenetV2", "imagenet", "offline");
    expect(stderr).toMatch(/^model: mobilenetV2, 64 px/m);
    expect(code).toBe(0);
  });
});
