import { createHash } from "node:crypto";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Backbone,
  backboneSpec,
  isModelsError,
  type LoadBackboneOptions,
  loadBackbone,
  type Weights,
} from "../src/index.ts";
import { cacheFolder, loadBackbone as loadInNode } from "../src/node.ts";
import { type FileServer, say, startFileServer } from "./file-server.ts";
import { kerasFile, type Tensor } from "./keras-file.ts";
import { mapStore, sharedWeights } from "./support.ts";
import { withFolder } from "./with-folder.ts";

/** The file that Keras would write of these weights. */
function fileOf(weights: Weights): Promise<Uint8Array> {
  const layers: Record<string, Record<string, Tensor>> = {};
  for (const [name, tensor] of weights) {
    const layer = name.split("/")[0]!;
    layers[layer] = { ...layers[layer], [`${name}:0`]: tensor };
  }
  return kerasFile(layers);
}

const { weights } = await loadBackbone("resnet14", { weights: "none", seed: 9 });
const file = await fileOf(weights);
/** A tfjs model.json of the same weights, and its only shard. */
const entries = [...weights].map(([name, { shape }]) => ({ name, shape, dtype: "float32" }));
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);
const shard = Buffer.concat([...weights.values()].map(({ data }) => bytesOf(data)));
const manifest = Buffer.from(JSON.stringify({ weightsManifest: [{ paths: ["shard.bin"], weights: entries }] }));

let server: FileServer;
beforeEach(async () => {
  server = await startFileServer(file);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

function expectWeights({ weights: found }: Backbone): void {
  expect([...found.keys()]).toEqual([...weights.keys()]);
  for (const [name, { shape, data }] of found) {
    expect(shape).toEqual(weights.get(name)!.shape);
    expect(Buffer.compare(bytesOf(data), bytesOf(weights.get(name)!.data)), name).toBe(0);
  }
}

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isModelsError(error)) throw new Error(`expected a ModelsError, got ${error}`);
  return error;
}

describe("loadBackbone from an address", () => {
  it("reads a Keras file, keeps it by its address, and needs no network afterwards", async () => {
    const store = mapStore();
    const offline = () => Promise.reject(new TypeError("fetch failed"));
    for (const [address, fetch] of [
      [server.url(), globalThis.fetch],
      [new URL(server.url()), offline],
    ] as const) {
      const loaded = await loadBackbone("resnet14", { weights: address, store, fetch });
      expect(loaded).toMatchObject({ pretrained: true, file: server.url() });
      expectWeights(loaded);
    }
    expect([...store.map.keys()]).toEqual([expect.stringMatching(/^weights\/[0-9a-f]{16}\/weights\.h5$/)]);
    const elsewhere = loadBackbone("resnet14", { weights: server.url("other/weights.h5"), store, fetch: offline });
    expect((await failure(elsewhere)).code).toBe("DOWNLOAD_FAILED");
  });

  it("reads a tfjs model.json and its shards, and tells how far it is", async () => {
    const files: Record<string, Uint8Array> = { "model.json": manifest, "shard.bin": shard };
    const asked: string[] = [];
    const fetch = async (input: RequestInfo | URL) => {
      const name = String(input).split("/").at(-1)!;
      asked.push(String(input));
      return new Response(files[name] as Uint8Array<ArrayBuffer>, {
        headers: { "content-length": `${files[name]!.length}` },
      });
    };
    const store = mapStore();
    const seen: object[] = [];
    const options = { weights: "https://models.example/a/model.json", store, fetch };
    const loaded = await loadBackbone("resnet14", { ...options, onProgress: (progress) => seen.push(progress) });
    expectWeights(loaded);
    expect(asked).toEqual(["https://models.example/a/model.json", "https://models.example/a/shard.bin"]);
    expect(seen.at(-1)).toEqual({ received: shard.length, total: shard.length });
    expectWeights(await loadBackbone("resnet14", options));
    expect(asked.length).toBe(2);
  });

  it("does not keep what cannot be read, so that a better file is not in vain", async () => {
    const store = mapStore();
    server.next.push(say(200, "application/octet-stream", "version https://git-lfs.github.com/spec/v1"));
    const options: LoadBackboneOptions = { weights: server.url(), store };
    expect((await failure(loadBackbone("resnet14", options))).message).toBe(
      `${server.url()}: is not an HDF5 file; pass the .h5 file that Keras wrote`,
    );
    expect(store.map.size).toBe(0);
    expectWeights(await loadBackbone("resnet14", options));
  });

  it("keeps no shard of a tfjs model that cannot be read, so that a better one is not in vain", async () => {
    const store = mapStore();
    let served: Uint8Array = shard.subarray(4);
    const fetch = async (input: RequestInfo | URL) =>
      new Response((String(input).endsWith(".json") ? manifest : served) as Uint8Array<ArrayBuffer>);
    const options = { weights: "https://models.example/a/model.json", store, fetch };
    const error = await failure(loadBackbone("resnet14", options));
    expect([error.code, error.message]).toEqual(["WEIGHTS_UNREADABLE", expect.stringContaining("shard.bin have")]);
    expect([...store.map.keys()]).toEqual([]);
    served = shard;
    expectWeights(await loadBackbone("resnet14", options));
  });

  it("checks all else before it downloads anything", async () => {
    const options = { weights: server.url() };
    expect((await failure(loadBackbone("resnet15", options))).code).toBe("BACKBONE_UNKNOWN");
    expect((await failure(loadBackbone("resnet14", { ...options, inputSize: 1 }))).code).toBe("INPUT_SIZE");
    expect((await failure(loadBackbone("resnet14", { ...options, alpha: 2 }))).code).toBe("OPTION_INVALID");
    expect(server.asked).toEqual([]);
    const path = await failure(loadBackbone("resnet14", { weights: "some/weights.h5" }));
    expect(path.message).toMatch(
      /"some\/weights\.h5" is neither .* loadBackbone of @cassava\/models\/node takes paths/,
    );
  });

  it("refuses the weights of another architecture, with the list", async () => {
    const error = await failure(loadBackbone("mobilenetV2", { weights: server.url() }));
    expect(error.code).toBe("WEIGHTS_MISMATCH");
    expect(error.message).toMatch(/weights\.h5: holds other weights than those of mobilenetV2 .* missing .* not used/);
  });
});

describe("loadBackbone of @cassava/models/node", () => {
  it("reads paths and file URLs of .h5, .h5.gz and model.json", () =>
    withFolder(async (folder) => {
      const files = { "w.h5": file, "w.h5.gz": gzipSync(file), "model.json": manifest, "shard.bin": shard };
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
      for (const name of ["w.h5", "w.h5.gz", "model.json"]) {
        const path = join(folder, name);
        for (const source of [path, pathToFileURL(path), pathToFileURL(path).href]) {
          const loaded = await loadInNode("resnet14", { weights: source });
          expectWeights(loaded);
          expect(loaded.file).toBe(source.toString());
        }
      }
      const absent = await failure(loadInNode("resnet14", { weights: join(folder, "absent.h5") }));
      expect(absent.message).toMatch(/absent\.h5: cannot be read \(ENOENT.*\); pass the \.h5 file that Keras wrote/);
      const truncated = join(folder, "t.h5");
      await writeFile(truncated, file.subarray(0, file.length / 2));
      expect((await failure(loadInNode("resnet14", { weights: truncated }))).message).toMatch(
        /t\.h5: is truncated or damaged/,
      );
    }));

  it("keeps downloads in the user's cache", () =>
    withFolder(async (folder) => {
      vi.stubEnv("CASSAVA_CACHE", folder);
      await loadInNode("resnet14", { weights: server.url() });
      const kept = await readdir(folder, { recursive: true });
      expect(kept.filter((name) => name.endsWith("weights.h5")).length).toBe(1);
      await loadInNode("resnet14", { weights: server.url() });
      expect(server.asked).toEqual(["whole"]);
    }));
});

describe.skipIf(sharedWeights === undefined)('weights "imagenet" (skipped where ../shared/weights is missing)', () => {
  const name = "mobilenet_2_5_224_tf_no_top.h5";
  const options = { weights: "imagenet", alpha: 0.25 } as const;
  const { url } = backboneSpec("mobilenet").imagenet!(0.25);

  it("are downloaded once, and checked again whenever they are read", () =>
    withFolder(async (folder) => {
      const bytes = await readFile(join(sharedWeights!, name));
      const asked: string[] = [];
      const fetch = async (input: RequestInfo | URL) => {
        asked.push(String(input));
        return new Response(bytes as Uint8Array<ArrayBuffer>);
      };
      const store = cacheFolder({ folder });
      for (let i = 0; i < 2; i++) {
        const loaded = await loadInNode("mobilenet", { ...options, store, fetch });
        expect(loaded).toMatchObject({ pretrained: true, alpha: 0.25, file: url });
        expect(loaded.published).toEqual(backboneSpec("mobilenet").imagenet!(0.25));
      }
      expect(asked).toEqual([url]);
      expect(await readdir(folder, { recursive: true })).toEqual(["weights", join("weights", name)]);
    }));

  it("work without network once the file is where the error says", () =>
    withFolder(async (folder) => {
      const store = cacheFolder({ folder });
      const fetch = () => Promise.reject(new TypeError("fetch failed", { cause: new Error("getaddrinfo EAI_AGAIN") }));
      const error = await failure(loadInNode("mobilenet", { ...options, store, fetch }));
      expect(error.code).toBe("DOWNLOAD_FAILED");
      const path = / put the file at (.*)$/.exec(error.message)![1]!;
      expect(path).toBe(join(folder, "weights", name));
      await store.put("weights/other", new Uint8Array(1));
      await copyFile(join(sharedWeights!, name), path);
      expect((await loadInNode("mobilenet", { ...options, store, fetch })).pretrained).toBe(true);
    }));
});

it("refuses ImageNet weights of another size or checksum, and keeps none of them", async () => {
  const store = mapStore();
  const { bytes, md5 } = backboneSpec("resnet50").imagenet!(1);
  for (const [size, message] of [
    [10, `has 10 bytes instead of ${bytes}`],
    [bytes!, `has the MD5 ${createHash("md5").update(new Uint8Array(bytes!)).digest("hex")} instead of ${md5}`],
  ] as const) {
    const fetch = async () => new Response(new Uint8Array(size));
    const error = await failure(loadInNode("resnet50", { weights: "imagenet", store, fetch }));
    expect(error.code).toBe("CHECKSUM_MISMATCH");
    expect(error.message).toContain(message);
    expect(store.map.size).toBe(0);
  }
});
