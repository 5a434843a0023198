// A process that fills a cache of features: `node cache-filler.js FOLDER MAX_BYTES`. Built by cache-processes.test.ts. Prints how many
// images are done after each batch, at last a line of JSON: a hash of all features, and how many came from the cache.
import { createHash } from "node:crypto";
import { folderStore } from "../../data/src/node/folder-store.ts";
import { extractFeatures } from "../src/features/extract-features.ts";
import { pixelSource } from "./sources.ts";

const [folder = "", maxBytes = ""] = process.argv.slice(2);
const [IMAGES, WIDTH] = [200, 2048];

const ids = Array.from({ length: IMAGES }, (_, i) => `image-${i}`);
const frozen = {
  id: "sine",
  inputSize: [1, 1] as const,
  outputShape: [WIDTH],
  async run({ ids: some }: { readonly ids: readonly string[] }) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return Float32Array.from({ length: some.length * WIDTH }, (_, k) =>
      Math.sin(ids.indexOf(some[Math.floor(k / WIDTH)]!) * 3.1 + (k % WIDTH)),
    );
  },
  dispose() {},
};
const cache = folderStore(folder, { maxBytes: Number(maxBytes) });
const { features, cached } = await extractFeatures(frozen, pixelSource(ids, 8), {
  cache,
  precision: "float16",
  onProgress: ({ done }) => void process.stdout.write(`${done}\n`),
});
const hash = createHash("sha256").update(features).digest("hex");
process.stdout.write(`${JSON.stringify({ hash, cached })}\n`);
