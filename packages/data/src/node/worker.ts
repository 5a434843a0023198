import { parentPort, workerData } from "node:worker_threads";
import { imageLoader } from "../image/image-loader.ts";
import { pixelCache } from "./pixel-cache.ts";
import { serveLoader } from "./serve-loader.ts";
import { sharpDecoder } from "./sharp-decoder.ts";
import { defaultDecoder } from "./turbo-decoder.ts";
import type { WorkerSettings } from "./worker-loader.ts";

// The file that `workerLoader` starts in each thread. A thread has nothing else to do while it decodes, hence `sync`.
const { decoder, cache, ...options } = workerData as WorkerSettings;
const chosen = decoder === "sharp" ? sharpDecoder(options) : defaultDecoder({ ...options, sync: true });
const plain = imageLoader(chosen);
const loader = cache === undefined ? plain : pixelCache(plain, cache.folder, cache);
if (parentPort !== null) serveLoader(parentPort, loader);
