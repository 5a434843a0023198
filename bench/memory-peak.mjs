import { readFileSync } from "node:fs";

/** The peak of this process's resident set so far, in MiB: the kernel's VmHWM. Linux only. */
export const peakMiB = () => {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "latin1"));
  if (found === null) throw new Error("/proc/self/status has no VmHWM");
  return Number(found[1]) / 1024;
};
