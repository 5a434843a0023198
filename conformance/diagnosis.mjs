// The article's mistake made with the command, found by it, and mended: a frozen ResNet50 with real weights on real photographs, pixels divided by
// 255 first. The pre-flight refuses; trained in spite of that, the run is diagnosed as wrong preprocessing first, the experiments confirm
// it, and the same run with the remedy is better beyond noise. Minutes long: `all` leaves it out, `.ci/full` runs it.
import { join } from "node:path";
import { run } from "../scripts/lib/run.mjs";

export const slow = true;

const WEIGHTS = "weights/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5.gz";

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async ({ root, shared, work, check, skip }) => {
  if (shared === undefined) {
    skip("the article's mistake from end to end", "../shared is missing");
    return;
  }
  const command = join(root, "packages/cli/dist/bin.js");
  const cassava = async (/** @type {readonly string[]} */ ...args) => {
    const env = { CASSAVA_CACHE: join(root, ".cache/cassava") };
    const { stdout } = await run(process.execPath, [command, ...args], { cwd: work, env, tail: 5 });
    return JSON.parse(stdout);
  };
  const data = join(shared, "data/cassava");
  const training = [
    "--backbone",
    "resnet50",
    "--weights",
    join(shared, WEIGHTS),
    "--recipe",
    "article",
    "--augment",
    "none",
    "--ratios",
    "50/10/40",
  ];
  const train = (/** @type {readonly string[]} */ ...more) =>
    cassava("train", data, ...training, "--quiet", "--json", ...more);

  await check("pixels divided by 255 are refused before the first step", async () => {
    const refused = await train("--preprocessing", "unit", "--out", "wrong").catch((error) => error);
    if (!/PREFLIGHT_FAILED/.test(refused.output) || !/preprocessing-contract/.test(refused.output)) throw refused;
  });
  await check("with --force it ends at the majority class, and its diagnosis puts preprocessing first", async () => {
    const { diagnosis, parts, part } = await train("--preprocessing", "unit", "--force", "--out", "wrong");
    const { accuracy, balancedAccuracy } = parts[part];
    console.log(
      `    accuracy ${accuracy.estimate.toFixed(3)}, balanced ${balancedAccuracy.estimate.toFixed(3)}; ${diagnosis.causes
        .slice(0, 3)
        .map(({ cause, confidence }) => `${cause} ${confidence.toFixed(2)}`)
        .join(", ")}`,
    );
    return balancedAccuracy.estimate < 0.25 && diagnosis.causes[0].cause === "preprocessing";
  });
  await check("from its log alone, preprocessing comes first too", async () => {
    const log = ["wrong/history.csv", "--classes", "51,107,118,653,129"];
    const { causes, findings } = await cassava("diagnose", ...log, "--json");
    console.log(
      `    ${findings[0].title}; ${causes
        .slice(0, 3)
        .map(({ cause, confidence }) => `${cause} ${confidence.toFixed(2)}`)
        .join(", ")}`,
    );
    return findings[0].rule === "majority-collapse" && causes[0].cause === "preprocessing";
  });
  await check("the sweep over preprocessings confirms it", async () => {
    const { causes, probes } = await cassava("diagnose", "wrong", "--probe", "--quiet", "--json");
    const sweep = probes.find(({ probe }) => probe === "preprocessing-sweep");
    console.log(`    ${sweep?.explanation}`);
    return causes[0].cause === "preprocessing" && sweep.confirms.some(({ cause }) => cause === "preprocessing");
  });
  await check("the run with the remedy is better beyond noise", async () => {
    await train("--out", "right");
    const { accuracy, balancedAccuracy, images } = await cassava("compare", "wrong", "right", "--json");
    for (const { name, a, b, difference } of [accuracy, balancedAccuracy]) {
      console.log(
        `    ${name}: ${a.toFixed(3)} against ${b.toFixed(3)}, difference ${difference.estimate.toFixed(3)} (${difference.low.toFixed(3)} to ${difference.high.toFixed(3)}), n = ${images}`,
      );
    }
    return balancedAccuracy.verdict === "better";
  });
};
