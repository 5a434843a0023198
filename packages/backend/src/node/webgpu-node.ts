import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { Engine } from "../engines/engine.ts";
import { type AdapterReport, type Gpu, listAdapters, webgpuEngine } from "../engines/webgpu.ts";
import { BackendError, isBackendError } from "../errors.ts";

/** The npm package that brings Dawn, Chromium's WebGPU, to Node. */
const PACKAGE = "webgpu";

/** What Linux shows of a GPU: a driver's node, NVIDIA's own, that of Windows below WSL, Qualcomm's. */
const DEVICES = ["/dev/dri", "/dev/nvidiactl", "/dev/dxg", "/dev/kgsl-3d0"];

/** The part of Dawn that this package uses. */
interface Dawn {
  create(flags: readonly string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Options of {@link webgpuNodeEngine}. */
export interface WebgpuNodeOptions {
  /** File or URL whose `node_modules` are searched. Default: this package. */
  readonly from?: string | URL;
  /** Paths of which one is there where Linux has a GPU. */
  readonly devices?: readonly string[];
}

/** One instance for the process: tensors of one are unknown to another. */
let started: Promise<Gpu> | undefined;

/**
 * WebGPU through Dawn, where the optional peer `webgpu` is installed. Node's own `navigator` is put back once it runs. Dawn complains on
 * stderr where Linux has no Vulkan: without a GPU it is started only where WebGPU is asked for by name.
 */
export function webgpuNodeEngine({ from = import.meta.url, devices = DEVICES }: WebgpuNodeOptions = {}): Engine {
  return {
    name: "webgpu",
    package: PACKAGE,
    async open(options, asked) {
      const file = findDawn(from);
      if (!asked && process.platform === "linux" && !devices.some((path) => existsSync(path))) {
        const message = "webgpu: the system shows no graphics card: tried only by name, as webgpu";
        throw new BackendError("GPU_MISSING", message, { engine: PACKAGE });
      }
      const gpu = await dawn(file);
      // TensorFlow.js finds the GPU by `navigator`, and only while it starts: afterwards Node's own stands there again, if it has one.
      const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");
      const value = { ...(own?.get?.call(globalThis) ?? own?.value), gpu, userAgent: "node" };
      Object.defineProperty(globalThis, "navigator", { value, configurable: true, writable: true });
      try {
        return await webgpuEngine.open(options, asked);
      } finally {
        if (own === undefined) Reflect.deleteProperty(globalThis, "navigator");
        else Object.defineProperty(globalThis, "navigator", own);
      }
    },
  };
}

/** The adapters that Dawn finds; none where it is not installed or does not start. */
export async function webgpuAdapters(from: string | URL = import.meta.url): Promise<AdapterReport[]> {
  try {
    return await listAdapters(await dawn(findDawn(from)));
  } catch (error) {
    if (isBackendError(error)) return [];
    throw error;
  }
}

/** @throws {BackendError} `ENGINE_BROKEN` */
async function dawn(file: string): Promise<Gpu> {
  started ??= startDawn(file);
  return started.catch((cause: unknown) => {
    started = undefined;
    const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!.trim();
    throw new BackendError("ENGINE_BROKEN", `webgpu does not start: ${reason}`, { engine: PACKAGE, cause });
  });
}

/** @throws {BackendError} `ENGINE_MISSING` */
function findDawn(from: string | URL): string {
  try {
    return createRequire(from).resolve(PACKAGE);
  } catch (cause) {
    const message = `${PACKAGE} is not installed: npm install ${PACKAGE}`;
    throw new BackendError("ENGINE_MISSING", message, { engine: PACKAGE, cause });
  }
}

async function startDawn(file: string): Promise<Gpu> {
  // By address, not by name: no bundler may try to resolve an optional package.
  const { create, globals } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Dawn;
  // Constants and classes that TensorFlow.js takes for the browser's.
  Object.assign(globalThis, globals);
  return create([]);
}
