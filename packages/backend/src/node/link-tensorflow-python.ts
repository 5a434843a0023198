import { existsSync } from "node:fs";
import { join } from "node:path";
import { BackendError } from "../errors.ts";
import { type RunCommand, telltaleLine } from "./link-tensorflow-run.ts";

/** A TensorFlow that a Python has. */
export interface PythonTensorflow {
  /** Path of the Python. */
  readonly python: string;
  readonly version: string;
  /** Its `tensorflow` folder. */
  readonly folder: string;
  /** The shared libraries to link to, with their paths. */
  readonly libraries: readonly string[];
}

/** The first TensorFlow whose wheels hold what the addon needs, and that was tried. */
const OLDEST = [2, 15] as const;

/** Names of the libraries; Windows is not here: the wheels for it hold none that can be linked to. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"],
  darwin: ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"],
};

/**
 * Finds TensorFlow without importing it, which would take seconds and start its devices. The current folder is no place for it,
 * although `python -c` looks there first; a folder without `__init__.py` is what an uninstalled TensorFlow left behind.
 */
const PROBE = `
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import importlib.metadata as metadata, importlib.util as util, json
spec = util.find_spec("tensorflow")
folder = version = None
if spec is not None and spec.origin is not None:
    folder = list(spec.submodule_search_locations)[0]
    for name in ("tensorflow", "tensorflow-cpu", "tensorflow-macos", "tensorflow-rocm", "tf-nightly", "tf-nightly-cpu"):
        try:
            version = metadata.version(name)
            break
        except metadata.PackageNotFoundError:
            pass
print(json.dumps({"python": sys.executable, "folder": folder, "version": version}))
`;

interface Probe {
  readonly python: string;
  readonly folder: string | null;
  readonly version: string | null;
}

async function probe(python: string, run: RunCommand): Promise<Probe | undefined> {
  const result = await run(python, ["-c", PROBE]);
  if (result === undefined) return undefined;
  if (result.code !== 0) {
    const message = `${python} fails, so that its TensorFlow cannot be found: ${telltaleLine(result)}`;
    throw new BackendError("PYTHON_MISSING", message);
  }
  return JSON.parse(result.stdout.trim().split("\n").at(-1)!) as Probe;
}

function tensorflowOf({ python, folder, version }: Probe, platform: string): PythonTensorflow {
  const install = `${python} -m pip install --upgrade tensorflow`;
  if (folder === null || version === null) {
    const message = `${python} has no TensorFlow: ${install}, or name another Python with --python PATH`;
    throw new BackendError("TENSORFLOW_MISSING", message);
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    const message = `TensorFlow ${version} of ${python} is too old, ${OLDEST.join(".")} or newer is needed: ${install}`;
    throw new BackendError("TENSORFLOW_TOO_OLD", message);
  }
  const libraries = LIBRARIES[platform]!.map((name) => join(folder, name));
  const missing = [...libraries, join(folder, "include", "tensorflow", "c", "c_api.h")].find(
    (file) => !existsSync(file),
  );
  if (missing !== undefined) {
    const message = `TensorFlow ${version} of ${python} is incomplete, ${missing} is not there: install it from pip`;
    throw new BackendError("TENSORFLOW_MISSING", message);
  }
  return { python, version, folder, libraries };
}

/**
 * The TensorFlow of `python`, or of the first of `python3` and `python` that has one that can be linked.
 *
 * @throws {BackendError} `PYTHON_MISSING`, `TENSORFLOW_MISSING`, `TENSORFLOW_TOO_OLD`; `LINK_FAILED` on an operating system where
 *   TensorFlow's packages hold nothing to link to.
 */
export async function findPythonTensorflow(
  python: string | undefined,
  platform: string,
  run: RunCommand,
): Promise<PythonTensorflow> {
  if (LIBRARIES[platform] === undefined) {
    const message = `linking works on Linux and macOS only: TensorFlow's package for ${platform} has no library to link to`;
    throw new BackendError("LINK_FAILED", message);
  }
  const candidates = python === undefined ? ["python3", "python"] : [python];
  let first: unknown;
  for (const candidate of candidates) {
    try {
      const found = await probe(candidate, run);
      if (found !== undefined) return tensorflowOf(found, platform);
    } catch (error) {
      first ??= error;
    }
  }
  if (first !== undefined) throw first;
  const none = python === undefined ? "no Python: neither python3 nor python starts" : `${python} does not start`;
  throw new BackendError("PYTHON_MISSING", `${none}; name one that has TensorFlow with --python PATH`);
}
