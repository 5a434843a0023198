// `pnpm engines`: links tfjs-node to the TensorFlow of the oracles' Python, as a user would, and runs what needs it: the
// contract suite on that engine through each of its two packages, and the doctor. Nothing may skip here.
import { build } from "./lib/build.mjs";
import { linkedTensorflow } from "./lib/linked-tensorflow.mjs";

try {
  await build({ filters: ["@cassava/backend..."] });
  const { tensorflow, compiler } = await linkedTensorflow();
  console.log(`TensorFlow ${tensorflow.version}, linked with ${compiler}`);
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  console.log("\n0 passed, 1 failed");
  process.exit(1);
}
process.env.CASSAVA_NO_SKIPS = "all";
process.argv.splice(2, Number.POSITIVE_INFINITY, "packages/backend/test/engine-");
await import("./test.mjs");
