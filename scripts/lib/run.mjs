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
 * @typedef {object} RunOptions
 * @property {string} [cwd] folder to run in; default: the caller's
 * @property {NodeJS.ProcessEnv} [env] variables added to the caller's
 * @property {boolean} [echo] pass both streams on to this process's stderr as they come; default false
 * @property {number} [tail] how many last lines of output the error message carries; default 0
 */

/**
 * Runs a program without a shell and without stdin. Rejects with a CommandError where it exits with anything but 0.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
export const run = (program, args, { cwd, env = {}, echo = false, tail = 0 } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
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
    child.on("close", (code, signal) => {
      if (code === 0) return resolve({ stdout, stderr });
      const last = tail > 0 ? `\n${output.trimEnd().split("\n").slice(-tail).join("\n")}` : "";
      reject(new CommandError(`${name} ended with ${signal ?? `exit code ${code}`}${last}`, output, code ?? 1));
    });
  });
