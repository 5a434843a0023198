// `pnpm engines`: links tfjs-node to the TensorFlow of the oracles' Python, as a user would, gives WebGPU the software adapter of Debian's
// chromium, and runs what needs either: the contract suite on TensorFlow through each of its two packages, on Dawn and on ONNX
// Runtime's WebGPU, and the doctor. Nothing may skip here.
import { build } from "./lib/build.mjs";
import { useSwiftShader } from "./lib/chromium.mjs";
import { linkedTensorflow } from "./lib/linked-tensorflow.mjs";

try {
  await build({ filters: ["@cassava/backend..."] });
  const { tensorflow, compiler } = await linkedTensorflow();
  console.log(`TensorFlow ${tensorflow.version}, linked with ${compiler}`);
  await useSwiftShader();
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  console.log("\n0 passed, 1 failed");
  process.exit(1);
}
process.env.CASSAVA_NO_SKIPS = "all";
process.argv.splice(2, Number.POSITIVE_INFINITY, "packages/backend/test/engine-", "packages/cli/test/engine-");
await import("./test.mjs");
