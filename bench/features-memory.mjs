// All 21,397 photographs (memory-shards.mjs) through a frozen backbone into the feature cache, and the article's head (256-128-64)
// trained on them for 10 epochs, within 1 GiB: in a process of its own, with ONNX Runtime for the backbone and WebAssembly for the head.
// MobileNetV2 takes a few minutes; CASSAVA_BENCH_BACKBONE=resnet50, whose features are the largest of the family, twenty minutes.
// CASSAVA_BENCH_IMAGES=2140 takes fewer photographs.
import { join } from "node:path";
import { run } from "../scripts/lib/run.mjs";
import { originalsOf, rowsOf, writeShards } from "./memory-shards.mjs";

const PEAK_MIB = 1024;
/** @type {Readonly<Record<string, string>>} */
const WEIGHTS = {
  mobilenetV2: "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
  resnet50: "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5.gz",
};

/** @type {import("../scripts/bench.mjs").Bench} */
export default async ({ shared, work }) => {
  if (process.platform !== "linux") throw new Error("the peak is read from Linux's /proc");
  const backbone = process.env.CASSAVA_BENCH_BACKBONE ?? "mobilenetV2";
  const file = WEIGHTS[backbone];
  if (file === undefined)
    throw new Error(`CASSAVA_BENCH_BACKBONE is ${backbone}: use ${Object.keys(WEIGHTS).join(" or ")}`);
  if (shared === undefined) console.error("↓ no published weights: random ones in their place");
  const weights = shared === undefined ? "none" : join(shared, "weights", file);
  const shards = join(work, "shards");
  const rows = await rowsOf(shared);
  console.error(`writing ${rows.length} photographs into shards…`);
  await writeShards(shards, rows, await originalsOf(shared));
  console.error(`features by ${backbone}, head…`);
  const program = join(import.meta.dirname, "features-memory-run.mjs");
  const { stdout } = await run(process.execPath, [program, shards, join(work, "cache"), backbone, weights], {
    tail: 20,
  });
  const { steps, peak, width, accuracy } = JSON.parse(stdout);
  console.error(`${width} features an image; validation accuracy ${accuracy.toFixed(3)}`);
  return {
    rows: steps.map((/** @type {Record<string, string | number>} */ step) => ({ backbone, ...step })),
    targets: [{ id: "head-peak-rss-mib", value: peak, atMost: PEAK_MIB }],
  };
};
