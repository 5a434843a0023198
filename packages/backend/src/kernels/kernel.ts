import * as tf from "@tensorflow/tfjs";

/** A kernel as this package writes it: the engine, its tensors, its attributes. */
export type Kernel = (backend: never, inputs: never, attributes: never) => tf.TensorInfo | tf.TensorInfo[];

/** A kernel and its name. */
export interface KernelEntry {
  readonly name: string;
  readonly kernel: Kernel;
  /** Cases that `kernel` takes; the engine's own kernel does the others. Left out: all. */
  readonly applies?: (inputs: never, attributes: never) => boolean;
}

/** A registered kernel that remembers what it stands in front of; the name marks it as ours for every copy of this package. */
interface ReplacingConfig extends tf.KernelConfig {
  readonly cassavaReplaces?: tf.KernelConfig | null;
}

/** Registers `entry`, in front of the engine's own kernel where it has one. Once more replaces, and does not stack. */
export function registerEntry({ name, kernel, applies }: KernelEntry, backendName: string): void {
  const present = (tf.getKernel(name, backendName) ?? null) as ReplacingConfig | null;
  const stock = present?.cassavaReplaces === undefined ? present : present.cassavaReplaces;
  if (present !== null) tf.unregisterKernel(name, backendName);
  const config: ReplacingConfig = {
    ...stock,
    kernelName: name,
    backendName,
    kernelFunc: (call) => {
      const { inputs, attrs, backend } = call;
      const ours = stock === null || applies === undefined || applies(inputs as never, attrs as never);
      return ours ? kernel(backend as never, inputs as never, attrs as never) : stock.kernelFunc(call);
    },
    cassavaReplaces: stock,
  };
  tf.registerKernel(config);
}
