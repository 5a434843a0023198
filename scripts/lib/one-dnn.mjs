import { existsSync } from "node:fs";

/**
 * Environment of a process that runs TensorFlow: nothing, but where a virtual machine hides the sizes of the processor's caches oneDNN
 * (TensorFlow 2.21) divides by zero in 1x1 convolutions and the process dies of SIGFPE: there it is turned off, as @cassava/backend
 * does for itself.
 * @returns {Record<string, string>}
 */
export const oneDnnEnvironment = () =>
  process.platform === "linux" && !existsSync("/sys/devices/system/cpu/cpu0/cache/index0")
    ? { TF_ENABLE_ONEDNN_OPTS: "0" }
    : {};
