import * as tf from "@tensorflow/tfjs";
import { registerTrainingKernels } from "../kernels/register.ts";
import type { Engine } from "./engine.ts";

/** ResNet50 at 224x224, forward, on one core: 11-17 s an image, against 0.39-0.56 s on wasm (see the README). */
const WARNING =
  "computing in plain JavaScript, some 30 times slower than WebAssembly: fit for tests and tiny networks only; see doctor() for faster engines";

/** The plain JavaScript engine: always there, and never without a warning. */
export const cpuEngine: Engine = {
  name: "cpu",
  package: "@tensorflow/tfjs",
  open: async () => {
    await tf.setBackend("cpu");
    await registerTrainingKernels();
    return { device: "CPU, plain JavaScript, 1 thread", warning: WARNING };
  },
};
