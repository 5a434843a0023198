import { spawn } from "node:child_process";

/**
 * A command that ended badly. The message is one line; `output` holds what the command printed.
 */
export class CommandError extends Error {
  /**
   * @param {string} message
   * @param {string} output
   * @param {number} exitCode
   */
  constructor(message, output, exitCode) {
    super(message);
    this.name = "CommandError";
    this.output = output;
    this.exitCode = exitCode;
  }
}

/**
 * Ends a program that was started as the first of its process group (`detached`), with all that it started.
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} [signal]
 */
export const endGroup = ({ pid }, signal = "SIGTERM") => {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch (error) {
    // It has ended by itself.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
};

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] folder to run in; default: the caller's
 * @property {NodeJS.ProcessEnv} [env] variables added to the caller's
 * @property {boolean} [echo] pass both streams on to this process's stderr as they come; default false
 * @property {number} [tail] how many last lines of output the error message carries; default 0
 * @property {AbortSignal} [signal] where it aborts, the program and all that it started get SIGTERM, in a process group of their own
 */

/**
 * Runs a program without a shell and without stdin. Rejects with a CommandError where it exits with anything but 0.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
export const run = (program, args, { cwd, env = {}, echo = false, tail = 0, signal } = {}) =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(program, [...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: signal !== undefined,
    });
    const end = () => endGroup(child);
    signal?.addEventListener("abort", end, { once: true });
    let stdout = "";
    let stderr = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      stdout += text;
      output += text;
      if (echo) process.stderr.write(text);
    });
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      stderr += text;
      output += text;
      if (echo) process.stderr.write(text);
    });
    const name = [program, ...args].join(" ").slice(0, 200);
    child.on("error", (cause) => reject(new CommandError(`${name} does not start: ${cause.message}`, output, 127)));
    child.on("close", (code, killedBy) => {
      signal?.removeEventListener("abort", end);
      if (code === 0) return resolve({ stdout, stderr });
      const last = tail > 0 ? `\n${output.trimEnd().split("\n").slice(-tail).join("\n")}` : "";
      reject(new CommandError(`${name} ended with ${killedBy ?? `exit code ${code}`}${last}`, output, code ?? 1));
    });
  });
