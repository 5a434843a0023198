import { Worker } from "node:worker_threads";
import type { Batch, FrozenPart } from "@cassava/contracts";
import { describe, expect, it } from "vitest";
import { frozenPool, isBackendError, serveFrozenPart } from "../src/node.ts";

const [HEIGHT, WIDTH] = [2, 3];
const STRIDE = HEIGHT * WIDTH * 3;

function batchOf(n: number, from = 0): Batch {
  const ids = Array.from({ length: n }, (_, i) => `image-${from + i}`);
  const images = Uint8Array.from({ length: n * STRIDE }, (_, i) => (from * STRIDE + i) % 251);
  return { ids, images, shape: [n, HEIGHT, WIDTH, 3], views: new Int32Array(n), hashes: ids };
}

/** The sum of the pixels of each image, and its first pixel; `pace` milliseconds an image. */
function sums({ pace = 0, seen = [] }: { pace?: number; seen?: number[] } = {}): FrozenPart {
  return {
    id: "sums",
    inputSize: [HEIGHT, WIDTH],
    outputShape: [2],
    async run({ ids, images }) {
      seen.push(ids.length);
      if (ids.includes("image-13")) throw new Error("image-13 brings bad luck");
      await new Promise((resolve) => setTimeout(resolve, pace * ids.length));
      const rows = ids.map((_, i) => Array.from(images.subarray(i * STRIDE, (i + 1) * STRIDE)));
      // A view into a larger buffer, as engines hand them out.
      const memory = new Float32Array(4 + 2 * ids.length);
      memory.set(
        rows.flatMap((row) => [row.reduce((sum, value) => sum + value, 0), row[0]!]),
        4,
      );
      return memory.subarray(4);
    },
    dispose() {},
  };
}

/** A pool whose workers are in this thread, each behind a message channel. */
const pool = (parts: readonly FrozenPart[], imagesAtATime = 2) => {
  let started = 0;
  const createWorker = () => {
    const { port1, port2 } = new MessageChannel();
    const part = parts[started++]!;
    serveFrozenPart(async () => part, port2 as never);
    return port1 as never;
  };
  return frozenPool({ createWorker, workers: parts.length, init: null, imagesAtATime });
};
const code = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return isBackendError(error) ? error.code : error;
};

describe("frozenPool", () => {
  it("gives the features of one thread, in order, whatever the number of images and of threads", async () => {
    for (const workers of [1, 2, 3]) {
      const part = await pool(Array.from({ length: workers }, (_, i) => sums({ pace: i })));
      expect([part.id, part.inputSize, part.outputShape]).toEqual(["sums", [HEIGHT, WIDTH], [2]]);
      for (const n of [0, 1, 2, 5, 9]) {
        const batch = batchOf(n);
        expect(await part.run(batch)).toEqual(new Float32Array(await sums().run(batch)));
        // What was sent to the threads were copies.
        expect(batch.images.length).toBe(n * STRIDE);
      }
      part.dispose();
    }
  });

  it("keeps batches that run at once apart, and every thread at work", async () => {
    const seen: number[][] = [[], []];
    const part = await pool(seen.map((counts) => sums({ pace: 2, seen: counts })));
    const batches = [batchOf(8, 20), batchOf(3, 60), batchOf(8, 90)];
    const made = await Promise.all(batches.map((batch) => part.run(batch)));
    for (const [i, batch] of batches.entries()) expect(made[i]).toEqual(new Float32Array(await sums().run(batch)));
    for (const counts of seen) expect(counts.length).toBeGreaterThan(2);
    part.dispose();
  });

  it("fails a batch by the engine's own words, and goes on", async () => {
    const part = await pool([sums(), sums()]);
    await expect(part.run(batchOf(20))).rejects.toThrow(/image-13 brings bad luck/);
    expect(await part.run(batchOf(4))).toEqual(new Float32Array(await sums().run(batchOf(4))));
    part.dispose();
  });

  it("refuses images of another size, and everything once it is disposed of; what runs is finished", async () => {
    const part = await pool([sums({ pace: 3 })]);
    expect(await code(part.run({ ...batchOf(2), images: new Uint8Array(5) }))).toBe("GRAPH_REFUSED");
    const running = part.run(batchOf(5));
    part.dispose();
    part.dispose();
    expect((await running).length).toBe(10);
    expect(await code(part.run(batchOf(1)))).toBe("GRAPH_REFUSED");
  });

  it("says so where a part is not made, and where an option makes no sense", async () => {
    const createWorker = () => {
      const { port1, port2 } = new MessageChannel();
      serveFrozenPart(() => Promise.reject(new Error("no weights")), port2 as never);
      return port1 as never;
    };
    await expect(frozenPool({ createWorker, workers: 2, init: null })).rejects.toThrow(/does not start: no weights/);
    expect(await code(frozenPool({ createWorker, workers: 0, init: null }))).toBe("OPTION_INVALID");
  });

  it("fails what runs, and what comes after, where a thread dies", async () => {
    const script = `
      const { parentPort } = require("node:worker_threads");
      parentPort.on("message", (request) => {
        if (request.type === "start") parentPort.postMessage({ type: "started", id: "dying", inputSize: [2, 3], outputShape: [1] });
        else process.exit(7);
      });`;
    const createWorker = () => new Worker(script, { eval: true }) as never;
    const part = await frozenPool({ createWorker, workers: 2, init: null });
    await expect(part.run(batchOf(40, 20))).rejects.toThrow(/exit code 7/);
    expect(await code(part.run(batchOf(1)))).toBe("WORKER_FAILED");
    part.dispose();
    const broken = () => new Worker("throw new Error('no such thing')", { eval: true }) as never;
    await expect(frozenPool({ createWorker: broken, workers: 1, init: null })).rejects.toThrow(/no such thing/);
  });
});
