import { existsSync } from "node:fs";
import { mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./paths.mjs";
import { run } from "./run.mjs";

/** Debian's; CHROMIUM names another. */
export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Without most of these Chromium asks Google's servers for updates and more, which takes time where the network is closed. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // WebGPU in software.
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

/** Installs Chromium, but only where nobody's machine is changed without being asked: as root in CI. */
export const findChromium = async () => {
  if (existsSync(executablePath)) return;
  if (process.env.CI !== "true" || process.getuid?.() !== 0) {
    throw new Error(
      `there is no ${executablePath}; install it (Debian: apt-get update && apt-get install -y chromium) or name another with CHROMIUM=PATH`,
    );
  }
  process.stderr.write("installing Debian's chromium…\n");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env, tail: 10 });
  await run("apt-get", ["install", "-y", "-qq", "chromium"], { env, tail: 10 });
};

/**
 * Makes Vulkan in software, SwiftShader, the GPU of this process's children: Debian's chromium brings it. Vulkan's loader is linked into a
 * folder of its own, so that nothing else of Chromium's comes before the system's libraries.
 */
export const useSwiftShader = async () => {
  await findChromium();
  const folder = existsSync("/usr/lib/chromium") ? "/usr/lib/chromium" : dirname(executablePath);
  const loader = join(root, ".cache/vulkan");
  await mkdir(loader, { recursive: true });
  await rm(join(loader, "libvulkan.so.1"), { force: true });
  await symlink(join(folder, "libvulkan.so.1"), join(loader, "libvulkan.so.1"));
  process.env.VK_ICD_FILENAMES = join(folder, "vk_swiftshader_icd.json");
  process.env.LD_LIBRARY_PATH = [loader, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
};
