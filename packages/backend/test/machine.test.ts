import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { drmCards, examineMachine, parseNvidiaCards } from "../src/node/machine.ts";

it("looks at the machine", async () => {
  const { cpu, memory, gpus } = await examineMachine();
  expect(cpu.model).not.toBe("");
  expect(cpu.cores).toBeGreaterThan(0);
  if (process.platform === "linux") expect(cpu.features.length).toBeGreaterThan(0);
  expect(memory.totalBytes).toBeGreaterThanOrEqual(memory.freeBytes);
  for (const { name } of gpus) expect(name).not.toBe("");
});

it("reads what nvidia-smi says", () => {
  const text = "NVIDIA H100 80GB HBM3, 570.86.15, 81559\nTesla T4, 535.104.05, [N/A]\n\n";
  expect(parseNvidiaCards(text)).toEqual([
    { name: "NVIDIA H100 80GB HBM3", driver: "570.86.15", memoryBytes: 81559 * 2 ** 20 },
    { name: "Tesla T4", driver: "535.104.05" },
  ]);
});

it("reads Linux's list of graphics cards, whose virtual ones have no manufacturer", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cassava-drm-"));
  try {
    for (const [card, files] of Object.entries({
      card0: { vendor: "0x1002\n", uevent: "DRIVER=amdgpu\nPCI_CLASS=30000\n" },
      card1: { vendor: "0xabcd\n", uevent: "PCI_CLASS=30000\n" },
      "card0-HDMI-A-1": { vendor: "0x1002\n", uevent: "" },
      card2: {},
    })) {
      await mkdir(join(folder, card, "device"), { recursive: true });
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, card, "device", name), text);
    }
    expect(drmCards(folder)).toEqual([{ name: "AMD graphics", driver: "amdgpu" }, { name: "0xabcd graphics" }]);
    expect(drmCards(join(folder, "absent"))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
