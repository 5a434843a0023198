import type { Engine, EngineName, UseBackendOptions } from "./engines/engine.ts";
import { BackendError, type BackendErrorCode, isBackendError } from "./errors.ts";

/** An engine that was tried before the chosen one and did not start. */
export interface TriedEngine {
  readonly name: EngineName;
  /** The npm package that would have brought it. */
  readonly package: string;
  readonly code: BackendErrorCode;
  /** One line: why it did not start, and what to do about it. */
  readonly reason: string;
}

/** The engine that runs now, and why it is this one. */
export interface EngineChoice {
  readonly name: EngineName;
  /** The device, in words for people: "CPU, WebAssembly with SIMD, 1 thread". */
  readonly device: string;
  /** What was tried first, in order. */
  readonly tried: readonly TriedEngine[];
  /** Set where the choice is one that nobody would want to make unknowingly. */
  readonly warning?: string;
}

function triedEngine(engine: Engine, error: unknown): TriedEngine {
  const { name, package: packageName } = engine;
  if (isBackendError(error)) return { name, package: packageName, code: error.code, reason: error.message };
  const reason = `${packageName} did not start: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
  return { name, package: packageName, code: "ENGINE_BROKEN", reason };
}

/** Starts the first of `engines` that will start; of those with the given name only, unless it is "auto". */
export async function chooseEngine(
  engines: readonly Engine[],
  name: EngineName | "auto",
  options: UseBackendOptions,
): Promise<EngineChoice> {
  const candidates = engines.filter((engine) => name === "auto" || engine.name === name);
  if (candidates.length === 0) {
    const known = [...new Set(engines.map((engine) => engine.name))].join(", ");
    throw new BackendError("ENGINE_UNKNOWN", `no engine "${name}" here: use auto or one of ${known}`, { engine: name });
  }
  const tried: TriedEngine[] = [];
  // An engine that is listed for its GPU first comes again without; one that did not start at all does not.
  const isOut = (engine: Engine) =>
    tried.some(({ name: same, package: from, code }) =>
      from === engine.package ? code !== "GPU_MISSING" : same === engine.name && code === "GPU_MISSING",
    );
  let cause: unknown;
  for (const engine of candidates) {
    if (isOut(engine)) continue;
    try {
      const { device, warning } = await engine.open(options, name !== "auto");
      if (warning !== undefined) options.onWarning?.(warning);
      return { name: engine.name, device, tried, ...(warning === undefined ? {} : { warning }) };
    } catch (error) {
      cause = error;
      tried.push(triedEngine(engine, error));
    }
  }
  const { code } = tried.find((entry) => entry.code !== "ENGINE_MISSING") ?? tried[0]!;
  throw new BackendError(code, tried.map(({ reason }) => reason).join("; "), { engine: name, cause });
}
