import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { oneDnnEnvironment } from "../scripts/lib/one-dnn.mjs";

/**
 * One round: read the files so many times from front to back.
 * @typedef {{ mode?: string, batch?: number, passes: number, files: readonly string[] }} Request
 */

/**
 * @typedef {object} Reply
 * @property {number} seconds wall-clock time of all passes
 * @property {number} cpu seconds of processor time in all threads
 * @property {number} total sum over one pass of bytes in `image` and `target`: proves that all read the same
 */

/**
 * A contender in a process of its own, with a heap of its own, that lives through all rounds: neither its start nor
 * another's garbage counts.
 * @template [Question=Request]
 * @template [Answer=Reply]
 * @typedef {{ ask(request: Question): Promise<Answer>, stop(): void }} Worker
 */

/**
 * Starts a program that answers each line of JSON on stdin with one on stdout.
 * @template [Question=Request]
 * @template [Answer=Reply]
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Worker<Question, Answer>}
 */
export const startWorker = (program, args, env = {}) => {
  const child = spawn(program, [...args], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...oneDnnEnvironment(), ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
    complaints = `${complaints}${text}`.slice(-4000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on("error", () => undefined);
  child.on("error", (error) => {
    complaints += error.message;
  });
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${args.join(" ")} ended:\n${complaints.trimEnd()}`);
      return JSON.parse(value);
    },
    stop: () => void child.stdin.end(),
  };
};
