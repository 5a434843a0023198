import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as tf from "@tensorflow/tfjs";
import { loadClassifier, saveClassifier } from "../src/index.ts";
import { probabilitiesOf, testClassifier } from "../test/layers-support.ts";
import { mapStore, noiseBatch } from "../test/support.ts";

/** Models that differ in what they ask of a loader: residual sums and ±1; depthwise convolutions, padding and relu6; halves. */
const MODELS = [
  { folder: "resnet14", name: "resnet14", options: {}, float16: false },
  { folder: "mobilenetV2", name: "mobilenetV2", options: { unfreezeFrom: "Conv_1" }, float16: false },
  { folder: "resnet14-float16", name: "resnet14", options: { preprocessing: "torch" }, float16: true },
] as const;

/** A saved model that the server has, with what Node predicts. */
export interface SavedModel {
  readonly folder: string;
  readonly shape: readonly [n: number, height: number, width: number, channels: 3];
  readonly pixels: readonly number[];
  /** [n * classes], row-major. */
  readonly probabilities: readonly number[];
}

export interface ModelsServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly models: readonly SavedModel[];
  close(): Promise<void>;
}

/** Saves small models in Node, on tfjs's cpu engine, and serves their folders and `pages` on a loopback port. */
export async function startModelsServer(
  pages: Readonly<Record<string, { readonly type: string; readonly body: string }>>,
): Promise<ModelsServer> {
  await tf.setBackend("cpu");
  const files = new Map<string, Uint8Array>();
  const models: SavedModel[] = [];
  for (const { folder, name, options, float16 } of MODELS) {
    const batch = noiseBatch(2, 64);
    const model = await testClassifier(name, batch, options);
    const store = mapStore();
    await saveClassifier(model, store, { float16 });
    for (const [file, bytes] of store.map) files.set(`/${folder}/${file}`, bytes);
    // Halves are compared with halves.
    const loaded = await loadClassifier(store);
    const probabilities = [...(await probabilitiesOf(loaded, batch))];
    models.push({ folder, shape: batch.shape, pixels: [...batch.images], probabilities });
    model.dispose();
    loaded.dispose();
  }
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const page = pages[path];
    const body = page?.body ?? files.get(path);
    if (body === undefined) response.writeHead(404).end("no such file");
    else response.writeHead(200, { "Content-Type": page?.type ?? "application/octet-stream" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    models,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
