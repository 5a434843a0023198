import { MessageChannel, Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { augmentation } from "../src/augment/augmentation.ts";
import { augmentPlan } from "../src/augment/draw-plan.ts";
import { randomRotation } from "../src/augment/steps.ts";
import { DataError, imageLoader, isDataError } from "../src/index.ts";
import { serveLoader } from "../src/node/serve-loader.ts";
import { workerPool } from "../src/node/worker-pool.ts";
import { type LoaderWorker, type LoadReply, workerLoader } from "../src/node.ts";
import { plain, plainDecoder, rejection } from "./support.ts";

const origin = { file: "a.csv", id: "leaf" };
const target = { height: 3, width: 2 };

/** A worker in this process: real messages, with transfer, over a MessageChannel. */
function fakeWorker(decoder = plainDecoder()) {
  const { port1, port2 } = new MessageChannel();
  serveLoader(port2, imageLoader(decoder));
  let exit: (code: number) => void = () => undefined;
  let error: (reason: Error) => void = () => undefined;
  const state = { kept: false, ended: false };
  const worker: LoaderWorker = {
    postMessage: (message, transfer) => port1.postMessage(message, [...transfer]),
    on(event: string, listener: ((code: number) => void) & ((reply: LoadReply) => void) & ((reason: Error) => void)) {
      if (event === "message") port1.on("message", listener);
      if (event === "exit") exit = listener;
      if (event === "error") error = listener;
    },
    ref() {
      state.kept = true;
    },
    unref() {
      state.kept = false;
    },
    async terminate() {
      state.ended = true;
      port1.close();
      exit(1);
    },
  };
  const die = (reason?: Error): void => {
    if (reason) error(reason);
    void worker.terminate();
  };
  return { worker, state, die, decoder };
}

function startIn(made: ReturnType<typeof fakeWorker>[]) {
  const one = fakeWorker();
  made.push(one);
  return one.worker;
}

describe("workerLoader", () => {
  it("gives the pixels of the loader in process, plain and augmented, and leaves the bytes to the caller", async () => {
    const loader = workerLoader({ workers: 2, createWorker: () => fakeWorker().worker });
    const inProcess = imageLoader(plainDecoder());
    const policy = augmentation([randomRotation(0.2)]);
    const plan = augmentPlan(policy, { seed: 1, id: "leaf", view: 1, size: [3, 2] });
    const bytes = plain(5, 4, 90);
    expect(await loader.load(bytes, origin, target)).toEqual(await inProcess.load(bytes, origin, target));
    const turned = await loader.load(bytes, origin, { ...target, plan });
    expect(turned).toEqual(await inProcess.load(bytes, origin, { ...target, plan }));
    expect(bytes).toEqual(plain(5, 4, 90));
    const buffer = Buffer.from(plain(5, 4, 90));
    await loader.load(buffer, origin, target);
    expect([...buffer]).toEqual([5, 4, 90]);
    await loader.close?.();
  });

  it("carries errors across with code, file, id and cause; foreign errors keep their message", async () => {
    const broken = plainDecoder();
    const cause = new RangeError("deep");
    const codes = ["IMAGE_UNREADABLE", "IMAGE_TOO_LARGE", "DECODER_MISSING"] as const;
    const decoder = { ...broken, decode: async (bytes: Uint8Array) => Promise.reject(fail(bytes[0]!)) };
    const fail = (k: number) =>
      k < 3 ? new DataError(codes[k]!, `kind ${k}`, { ...origin, record: 7, cause }) : new Error("odd");
    const loader = workerLoader({ createWorker: () => fakeWorker(decoder as never).worker });
    for (const [k, code] of codes.entries()) {
      const error = await rejection(loader.load(plain(k, 1, 1), origin, target));
      expect(isDataError(error, code) && [error.message, error.file, error.id, error.record]).toEqual([
        `kind ${k}`,
        "a.csv",
        "leaf",
        7,
      ]);
      expect(((error as Error).cause as Error).message).toBe("deep");
    }
    expect(await rejection(loader.load(plain(3, 1, 1), origin, target))).toEqual(new Error("odd"));
    expect(
      isDataError(await rejection(loader.load(plain(3, 1, 1), origin, { height: 0, width: 1 })), "OPTION_INVALID"),
    ).toBe(true);
    await loader.close?.();
  });

  it("refuses options that make no sense", () => {
    for (const options of [{ workers: 0 }, { workers: 1.5 }, { depth: 0 }, { maxPixels: -1 }]) {
      expect(() => workerLoader(options)).toThrowError(expect.objectContaining({ code: "OPTION_INVALID" }));
    }
  });
});

describe("workerPool", () => {
  it("starts workers as work comes, at most `size`, with at most `depth` under way in each", async () => {
    const made: ReturnType<typeof fakeWorker>[] = [];
    const pool = workerPool(() => startIn(made), 2, 3);
    expect(made).toHaveLength(0);
    await pool.load(plain(1, 1, 1), origin, target);
    await pool.load(plain(1, 1, 1), origin, target);
    expect(made).toHaveLength(1);
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, k) => pool.load(plain(1, 1, k), { file: "f", id: `${k}` }, target)),
    );
    expect(results.map((pixels) => pixels[0])).toEqual(Array.from({ length: 40 }, (_, k) => k));
    expect(made).toHaveLength(2);
    for (const { decoder } of made) expect(decoder.mostAtOnce()).toBe(3);
    await pool.close();
  });

  it("keeps the process alive only while there is work", async () => {
    const one = fakeWorker();
    const pool = workerPool(() => one.worker, 1, 1);
    const work = pool.load(plain(1, 1, 1), origin, target);
    expect(one.state.kept).toBe(true);
    await work;
    expect(one.state.kept).toBe(false);
    await pool.close();
  });

  it("fails the tasks of a worker that dies, naming the image and the reason, and replaces it", async () => {
    const made: ReturnType<typeof fakeWorker>[] = [];
    const pool = workerPool(() => startIn(made), 1, 2);
    await pool.load(plain(1, 1, 1), origin, target);
    const work = ["a", "b", "c"].map((id) => rejection(pool.load(plain(1, 1, 1), { file: "f", id }, target)));
    made[0]!.die(new Error("out of memory"));
    const [a, b, c] = await Promise.all(work);
    for (const [error, id] of [
      [a, "a"],
      [b, "b"],
    ] as const) {
      expect(isDataError(error, "WORKER_FAILED") && [error.file, error.id]).toEqual(["f", id]);
      expect((error as Error).message).toContain("out of memory");
    }
    expect(c).toBe(undefined);
    expect(made).toHaveLength(2);
    await pool.close();
  });

  it("fails everything where workers cannot start, in place of starting them for ever", async () => {
    const made: ReturnType<typeof fakeWorker>[] = [];
    const pool = workerPool(
      () => {
        made.push(fakeWorker());
        queueMicrotask(() => made.at(-1)!.die(new Error("no such file")));
        return made.at(-1)!.worker;
      },
      1,
      1,
    );
    const errors = await Promise.all([1, 2, 3].map(() => rejection(pool.load(plain(1, 1, 1), origin, target))));
    expect(errors.map((error) => isDataError(error, "WORKER_FAILED"))).toEqual([true, true, true]);
    expect(made).toHaveLength(1);
    const never = workerPool(
      () => {
        throw new Error("forbidden");
      },
      1,
      1,
    );
    expect(isDataError(await rejection(never.load(plain(1, 1, 1), origin, target)), "WORKER_FAILED")).toBe(true);
  });

  it("gives up what is aborted, at once, whether it waits or is under way, and goes on with the rest", async () => {
    const one = fakeWorker();
    const pool = workerPool(() => one.worker, 1, 1);
    const stop = new AbortController();
    const reason = new Error("enough");
    const under = rejection(pool.load(plain(1, 1, 1), { file: "f", id: "under" }, { ...target, signal: stop.signal }));
    const waiting = rejection(
      pool.load(plain(1, 1, 1), { file: "f", id: "waits" }, { ...target, signal: stop.signal }),
    );
    const rest = pool.load(plain(1, 1, 9), { file: "f", id: "rest" }, target);
    stop.abort(reason);
    expect(await under).toBe(reason);
    expect(await waiting).toBe(reason);
    expect((await rest)[0]).toBe(9);
    expect(one.decoder.seen).toEqual(["under", "rest"]);
    expect(await rejection(pool.load(plain(1, 1, 1), origin, { ...target, signal: stop.signal }))).toBe(reason);
    await pool.close();
  });

  it("fails what is under way when it is closed, and every later task; closing twice is no error", async () => {
    const one = fakeWorker();
    const pool = workerPool(() => one.worker, 1, 1);
    const work = [1, 2].map(() => rejection(pool.load(plain(1, 1, 1), origin, target)));
    await pool.close();
    for (const error of await Promise.all(work)) expect(isDataError(error, "LOADER_CLOSED")).toBe(true);
    expect(one.state.ended).toBe(true);
    expect(isDataError(await rejection(pool.load(plain(1, 1, 1), origin, target)), "LOADER_CLOSED")).toBe(true);
    await pool.close();
  });
});

describe("a real thread", () => {
  it("that dies is told from its exit, and one that throws from its error", async () => {
    const scripts = ["process.exit(3)", "throw new Error('kaput')"];
    const createWorker = () =>
      new Worker(`require("node:worker_threads").parentPort.once("message", () => { ${scripts.shift()} });`, {
        eval: true,
      });
    const pool = workerPool(createWorker, 1, 1);
    expect(((await rejection(pool.load(plain(1, 1, 1), origin, target))) as Error).message).toContain("exit code 3");
    expect(((await rejection(pool.load(plain(1, 1, 1), origin, target))) as Error).message).toContain("kaput");
    await pool.close();
  });
});
