import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** The processor. */
export interface CpuReport {
  readonly model: string;
  /** That this process may use. */
  readonly cores: number;
  /** Instruction sets that engines make use of, as the system names them; empty where it does not say. */
  readonly features: readonly string[];
}

/** A graphics card that the system shows, whether or not an engine can use it. */
export interface GpuReport {
  readonly name: string;
  /** Version of its driver, where it is known. */
  readonly driver?: string;
  readonly memoryBytes?: number;
}

/** What a machine is, as far as engines care. */
export interface MachineReport {
  readonly cpu: CpuReport;
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number };
  readonly gpus: readonly GpuReport[];
}

/** Instruction sets of x86 and ARM that make a difference of more than a few per cent. */
const FEATURES = /^(sse4_2|avx|avx2|fma|avx512f|avx512_vnni|avx512_bf16|amx_tile|amx_bf16|asimd|sve|sve2|bf16|i8mm)$/;
/** Manufacturers by the numbers that PCI gives them. */
const VENDORS: Readonly<Record<string, string>> = { "0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel" };
/** Milliseconds after which nvidia-smi is not waited for: a broken driver lets it hang. */
const PATIENCE = 5000;

/** Looks at processor, memory and graphics cards; never throws. */
export async function examineMachine(): Promise<MachineReport> {
  return {
    cpu: { model: cpus()[0]?.model.trim() ?? "unknown", cores: availableParallelism(), features: cpuFeatures() },
    memory: { totalBytes: totalmem(), freeBytes: freemem() },
    gpus: (await nvidiaCards()) ?? drmCards("/sys/class/drm"),
  };
}

function cpuFeatures(): string[] {
  try {
    const [, line = ""] = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8")) ?? [];
    return line.split(/\s+/).filter((feature) => FEATURES.test(feature));
  } catch {
    // No Linux: the model says it.
    return [];
  }
}

/** NVIDIA's cards by NVIDIA's own tool; undefined where there is none, or no card. */
async function nvidiaCards(): Promise<GpuReport[] | undefined> {
  try {
    const query = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader,nounits"];
    const { stdout } = await promisify(execFile)("nvidia-smi", query, { timeout: PATIENCE });
    const cards = parseNvidiaCards(stdout);
    return cards.length > 0 ? cards : undefined;
  } catch {
    return undefined;
  }
}

/** Lines of `nvidia-smi --format=csv,noheader,nounits`: name, driver, MiB. */
export function parseNvidiaCards(text: string): GpuReport[] {
  const rows = text.split("\n").filter((line) => line.trim() !== "");
  return rows.map((row): GpuReport => {
    const [name = "NVIDIA", driver, mebibytes] = row.split(",").map((field) => field.trim());
    const memory = Number(mebibytes);
    return { name, ...(driver && { driver }), ...(memory > 0 && { memoryBytes: memory * 2 ** 20 }) };
  });
}

/** Cards that Linux has a driver for, by their manufacturers. */
export function drmCards(folder: string): GpuReport[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((entry) => /^card\d+$/.test(entry))
    .flatMap((entry): GpuReport[] => {
      const device = join(folder, entry, "device");
      try {
        const vendor = readFileSync(join(device, "vendor"), "utf8").trim();
        const [, driver] = /^DRIVER=(.*)$/m.exec(readFileSync(join(device, "uevent"), "utf8")) ?? [];
        return [{ name: `${VENDORS[vendor] ?? vendor} graphics`, ...(driver && { driver }) }];
      } catch {
        // A virtual card, of no manufacturer.
        return [];
      }
    });
}
