// @cassava/models against Keras: features, preprocessing and a step of fine-tuning on identical pixels and weights;
// and the training of an unfrozen stage on one engine against another.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ARCHITECTURES } from "./models/architectures.mjs";
import { ENGINES } from "./models/engines.mjs";
import { checkFeatures, checkOracle } from "./models/features.mjs";
import { checkFineTuning } from "./models/fine-tune.mjs";
import { kerasFeatures } from "./models/oracle.mjs";
import { patterns, photographs } from "./models/pixels.mjs";
import { checkPreprocessing } from "./models/preprocessing.mjs";
import { checkUnfrozen } from "./models/unfrozen.mjs";

/** Images of each case with random weights. */
const IMAGES = 2;
const PHOTOGRAPHS = 16;
/** The published weights that stand in ../shared/weights. */
const PUBLISHED = [
  { name: "mobilenet", alpha: 0.25, label: "mobilenet (alpha 0.25)", file: "mobilenet_2_5_224_tf_no_top.h5" },
  {
    name: "mobilenetV2",
    alpha: 1,
    label: "mobilenetV2",
    file: "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
  },
  { name: "resnet50", alpha: 1, label: "resnet50", file: "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5.gz" },
];

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async (context) => {
  const [first] = ENGINES;
  await first.start();
  await checkPreprocessing(context);

  const ask = ({ name, alpha, cases }) => {
    const file = join(context.work, `${name}-${alpha}.h5`);
    const asked = cases.map((one) => ({ ...one, images: patterns(IMAGES, one.size) }));
    const answer = kerasFeatures(context, { name, alpha, file, random: true, cases: asked });
    // Awaited one architecture later: a rejection until then is not an unhandled one.
    answer.catch(() => {});
    return answer;
  };
  let next = ask(ARCHITECTURES[0]);
  for (const [index, architecture] of ARCHITECTURES.entries()) {
    const oracle = await next;
    // Keras answers for the next architecture while this one is compared.
    if (index + 1 < ARCHITECTURES.length) next = ask(ARCHITECTURES[index + 1]);
    for (const engine of ENGINES) await checkFeatures(context, architecture, oracle, engine);
    await checkOracle(context, architecture, oracle, first);
    if (architecture.lastStage !== undefined) await checkFineTuning(context, architecture, oracle.file, first);
  }
  await checkPublished(context);
  await checkUnfrozen(context);
};

/** Features of photographs with the weights that Keras Applications publishes. */
async function checkPublished(context) {
  const { shared, work, skip } = context;
  if (shared === undefined) {
    skip("features of real photographs with real ImageNet weights", "../shared is missing");
    return;
  }
  const images = await photographs(join(shared, "data/cassava"), PHOTOGRAPHS, 224);
  for (const { name, alpha, label, file } of PUBLISHED) {
    const bytes = await readFile(join(shared, "weights", file));
    const plain = join(work, `${name}-${alpha}-imagenet.h5`);
    await writeFile(plain, file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
    const cases = [{ size: 224, pooling: "avg", images }];
    const oracle = await kerasFeatures(context, { name, alpha, file: plain, random: false, cases });
    for (const engine of ENGINES)
      await checkFeatures(context, { name, alpha, label }, oracle, engine, "ImageNet weights");
  }
}
