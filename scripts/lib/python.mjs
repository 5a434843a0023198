import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { oneDnnEnvironment } from "./one-dnn.mjs";
import { root } from "./paths.mjs";
import { run } from "./run.mjs";

const folder = resolve(root, ".venv");
const executable = resolve(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const requirements = resolve(root, "conformance/requirements.txt");
/** Written last: a virtual environment without it, or with another's requirements in it, is made again. */
const stamp = resolve(folder, "requirements.sha256");

/**
 * Makes the virtual environment of the oracles (`.venv/` in the root) where it is missing or not of
 * conformance/requirements.txt. Needs python3 >= 3.10 with venv, and pip's package index.
 * @returns {Promise<string>} path of its Python
 */
export const pythonEnvironment = async () => {
  const wanted = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const present = existsSync(stamp) ? await readFile(stamp, "utf8") : "";
  if (present === wanted && existsSync(executable)) return executable;
  process.stderr.write("making .venv from conformance/requirements.txt (about a minute)…\n");
  await rm(folder, { recursive: true, force: true });
  await run(process.env.PYTHON ?? "python3", ["-m", "venv", folder], { tail: 10 });
  // Without PIP_RETRIES=0 pip waits for minutes where the network is closed.
  await run(executable, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements], {
    env: { PIP_RETRIES: "0" },
    tail: 10,
  });
  await writeFile(stamp, wanted);
  return executable;
};

/**
 * Runs a Python script; resolves with its stdout; rejects with the last 30 lines of its output where it fails.
 * @typedef {(script: string, args?: readonly (string | number)[]) => Promise<string>} Python
 */

/**
 * Prepares the oracles' Python.
 * @param {string} scripts folder that relative script names start from
 * @param {{ asInstalled?: boolean }} [options] `asInstalled`: with the kernels that TensorFlow picks by itself, as a peer that is timed
 *   must have; else with plain float32 kernels: an oracle must not depend on what oneDNN picks for this processor
 * @returns {Promise<Python>}
 */
export const preparePython = async (scripts, { asInstalled = false } = {}) => {
  const python = await pythonEnvironment();
  return async (script, args = []) => {
    const path = isAbsolute(script) ? script : resolve(scripts, script);
    const { stdout } = await run(python, [path, ...args.map(String)], {
      cwd: scripts,
      env: {
        CUDA_VISIBLE_DEVICES: "-1",
        KERAS_BACKEND: "tensorflow",
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONUTF8: "1",
        TF_CPP_MIN_LOG_LEVEL: "2",
        ...(asInstalled ? oneDnnEnvironment() : { TF_ENABLE_ONEDNN_OPTS: "0" }),
      },
      tail: 30,
    });
    return stdout;
  };
};
