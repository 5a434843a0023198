import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import type { EngineChoice } from "../choose.ts";
import type { Engine, EngineName } from "../engines/engine.ts";
import type { AdapterReport } from "../engines/webgpu.ts";
import { isBackendError } from "../errors.ts";
import { type BlockTiming, timeResidualBlock } from "../time-block.ts";
import { examineMachine, type MachineReport } from "./machine.ts";
import { loadOnnxRuntime } from "./onnx-module.ts";
import { packageManagerOf } from "./package-manager.ts";
import { defaultCache, findLink } from "./tensorflow-links.ts";
import { findAnyPackage, findTensorflow, type TensorflowPackage } from "./tensorflow-module.ts";
import { NODE_ENGINES, useBackend } from "./use-backend.ts";
import { webgpuAdapters } from "./webgpu-node.ts";

/** How one engine stands on this machine. */
export interface EngineReport {
  readonly name: EngineName;
  readonly package: string;
  /**
   * `missing`: not installed, or installed without its native library. `no-gpu`: installed, and there is no GPU that it could use.
   * `broken`: installed, and does not start.
   */
  readonly state: "ready" | "missing" | "no-gpu" | "broken";
  /** The device where it is ready, else the reason, in one line. */
  readonly detail: string;
  /** The command that brings it, where it is missing. */
  readonly install?: string;
  /** Where it is ready, and started: how fast it is. */
  readonly timing?: BlockTiming;
}

/** How an engine for frozen parts, which does not train, stands on this machine. */
export type FrozenEngineReport = Omit<EngineReport, "name" | "timing"> & { readonly name: "onnx" };

/** The addon that was linked to the TensorFlow of a Python (see `linkTensorflow`). */
export interface LinkReport {
  /** `stale`: what it was linked to has changed since. */
  readonly state: "ready" | "stale";
  /** The version of TensorFlow that it was linked to. */
  readonly tensorflow: string;
  /** The folder of that TensorFlow. */
  readonly folder: string;
  readonly addon: string;
  /** The version of CUDA that this TensorFlow was built for; absent where it was built for none. */
  readonly cuda?: string;
  /** ISO 8601. */
  readonly linkedAt: string;
  /** Why it cannot be taken, where it is stale. */
  readonly reason?: string;
}

/** What `doctor` found; JSON as it is. */
export interface DoctorReport extends MachineReport {
  readonly node: string;
  readonly platform: string;
  readonly engines: readonly EngineReport[];
  /** Adapters of WebGPU through Dawn; empty where that is not installed. */
  readonly adapters: readonly AdapterReport[];
  /** What runs frozen parts beside the engine that trains. */
  readonly frozen: readonly FrozenEngineReport[];
  /** The linked addon, if there is one and a package that could load it. */
  readonly link?: LinkReport;
  /** The engine that was timed and is active now. */
  readonly active: EngineChoice;
  readonly timing: BlockTiming;
}

/** Options of {@link doctor}. */
export interface DoctorOptions {
  /** The engine to time and to leave active. Default "auto". */
  readonly engine?: EngineName | "auto";
}

function installOf({ package: packageName }: Engine, code: string): string {
  const { install, rebuild } = packageManagerOf(import.meta.url);
  return code === "ADDON_MISSING" ? rebuild(packageName) : install(packageName);
}

/** `running` is the package of the TensorFlow that has started: a process holds one, and a second would disturb it. */
async function examine(engine: Engine, running: string | undefined): Promise<EngineReport> {
  const { name, package: packageName } = engine;
  try {
    if (name === "tensorflow" && running !== undefined) {
      findTensorflow(packageName as TensorflowPackage, import.meta.url);
      return { name, package: packageName, state: "ready", detail: `not started: ${running} has been` };
    }
    const { device } = await engine.open({}, true);
    return { name, package: packageName, state: "ready", detail: device, timing: await timeResidualBlock({ runs: 3 }) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const missing = isBackendError(error, "ENGINE_MISSING") || isBackendError(error, "ADDON_MISSING");
    if (isBackendError(error, "GPU_MISSING")) return { name, package: packageName, state: "no-gpu", detail };
    if (!missing) return { name, package: packageName, state: "broken", detail };
    return { name, package: packageName, state: "missing", detail, install: installOf(engine, error.code) };
  }
}

/** The link is the same for both packages. */
function reportLink(): LinkReport | undefined {
  const installed = findAnyPackage(import.meta.url);
  const found = installed && findLink(installed.folder, defaultCache());
  if (found === undefined) return undefined;
  const { addon, stale, link } = found;
  const { tensorflow, linkedAt } = link;
  const cuda = cudaOf(tensorflow.folder);
  const what = { tensorflow: tensorflow.version, folder: tensorflow.folder, addon, linkedAt, ...(cuda && { cuda }) };
  return stale === undefined ? { state: "ready", ...what } : { state: "stale", ...what, reason: stale };
}

/** What a TensorFlow says of the CUDA that it was built for. */
function cudaOf(folder: string): string | undefined {
  const file = join(folder, "python/platform/build_info.py");
  if (!existsSync(file)) return undefined;
  return /'cuda_version': '([^']+)'/.exec(readFileSync(file, "utf8"))?.[1];
}

async function examineOnnx(): Promise<FrozenEngineReport> {
  const name = "onnxruntime-node";
  const about = { name: "onnx", package: name } as const;
  try {
    const { version } = await loadOnnxRuntime(name, import.meta.url);
    return { ...about, state: "ready", detail: `ONNX Runtime ${version}, frozen parts only` };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    // Its install script fetches extras for CUDA, and fails where it cannot.
    if (isBackendError(error, "ENGINE_MISSING"))
      return { ...about, state: "missing", detail, install: `npm install --ignore-scripts ${name}` };
    return { ...about, state: "broken", detail };
  }
}

/**
 * Looks at this machine: Node, processor, memory, graphics cards, and every engine, which is really started and timed on a small
 * residual block. Leaves `options.engine` active. Takes a few seconds; call it before there are tensors.
 */
export async function doctor({ engine = "auto" }: DoctorOptions = {}): Promise<DoctorReport> {
  const engines: EngineReport[] = [];
  for (const candidate of NODE_ENGINES) {
    const running = engines.find(({ name, state }) => name === "tensorflow" && state === "ready")?.package;
    engines.push(await examine(candidate, running));
  }
  const link = reportLink();
  const active = await useBackend(engine);
  const timing = await timeResidualBlock();
  await tf.ready();
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    ...(await examineMachine()),
    engines,
    adapters: await webgpuAdapters(),
    frozen: [await examineOnnx()],
    ...(link === undefined ? {} : { link }),
    active,
    timing,
  };
}
