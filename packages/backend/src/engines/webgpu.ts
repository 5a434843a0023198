import * as tf from "@tensorflow/tfjs";
import { BackendError } from "../errors.ts";
import { registerTrainingKernels } from "../kernels/register.ts";
import type { Engine, OpenedEngine } from "./engine.ts";
import { isSoftware } from "./software.ts";

const PACKAGE = "@tensorflow/tfjs-backend-webgpu";

/** What a WebGPU adapter says of itself, as far as this package reads it. */
export interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

/** The part of WebGPU that this package uses itself. */
export interface Gpu {
  requestAdapter(options?: {
    readonly powerPreference?: string;
    readonly forceFallbackAdapter?: boolean;
  }): Promise<GpuAdapter | null>;
}
interface GpuAdapter {
  readonly info?: AdapterInfo;
  readonly isFallbackAdapter?: boolean;
}

/** "NVIDIA H100", "google swiftshader": the fullest name that an adapter gives. */
function adapterName({ vendor, architecture, device, description }: AdapterInfo): string {
  return description || [vendor, architecture, device].filter(Boolean).join(" ") || "unnamed adapter";
}

/** An adapter of WebGPU. */
export interface AdapterReport {
  readonly name: string;
  /** Whether it computes on the processor. */
  readonly software: boolean;
}

function describeAdapter({ info = {}, isFallbackAdapter }: GpuAdapter): AdapterReport {
  const name = adapterName(info);
  const flagged = info.isFallbackAdapter ?? isFallbackAdapter ?? false;
  return { name, software: flagged || isSoftware(name) };
}

/** Every adapter that WebGPU hands out, each once: the fastest, the most economical, and the one in software. */
export async function listAdapters(gpu: Gpu): Promise<AdapterReport[]> {
  const wishes = [
    { powerPreference: "high-performance" },
    { powerPreference: "low-power" },
    { forceFallbackAdapter: true },
  ];
  const found = new Map<string, AdapterReport>();
  for (const wish of wishes) {
    const adapter = await gpu.requestAdapter(wish);
    if (adapter === null) continue;
    const report = describeAdapter(adapter);
    found.set(report.name, report);
  }
  return [...found.values()];
}

/**
 * WebGPU, where `navigator.gpu` is there and has an adapter: in browsers, and in Node once Dawn is started. An adapter that computes
 * in software is slower than WebAssembly and is taken only where WebGPU is asked for by name.
 */
export const webgpuEngine: Engine = {
  name: "webgpu",
  package: PACKAGE,
  async open(_options, asked) {
    const gpu = (globalThis.navigator as { readonly gpu?: Gpu } | undefined)?.gpu;
    const details = { engine: PACKAGE };
    if (gpu === undefined) throw new BackendError("ENGINE_MISSING", "webgpu: there is no navigator.gpu here", details);
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (adapter === null) {
      throw new BackendError("GPU_MISSING", "webgpu: no adapter: no GPU, or no driver that WebGPU can use", details);
    }
    const { name, software } = describeAdapter(adapter);
    if (software && !asked) {
      const message = `webgpu: the only adapter, ${name}, computes in software: taken only by name, as webgpu`;
      throw new BackendError("GPU_MISSING", message, details);
    }
    return startWebgpu(name, software);
  },
};

async function startWebgpu(name: string, software: boolean): Promise<OpenedEngine> {
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend("webgpu"))) {
    throw new BackendError("ENGINE_BROKEN", `webgpu: ${PACKAGE} does not start on ${name}`, {
      engine: PACKAGE,
    });
  }
  await registerTrainingKernels();
  if (!software) return { device: `GPU, WebGPU on ${name}` };
  const warning = `${name} is no GPU: it computes in software, many times slower than WebAssembly`;
  return { device: `CPU, WebGPU in software on ${name}`, warning };
}
