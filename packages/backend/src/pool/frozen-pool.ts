import type { Batch, FrozenPart } from "@cassava/contracts";
import { BackendError } from "../errors.ts";
import { guardedPart } from "../guarded-part.ts";
import { type Answer, listen, type MessageEnd, onDeath, type Request } from "./messages.ts";

/** How {@link frozenPool} works. */
export interface FrozenPoolOptions {
  /** Starts a thread whose script calls `serveFrozenPart`. */
  readonly createWorker: () => MessageEnd;
  /** Threads, at least 1; each holds an engine and the weights. */
  readonly workers: number;
  /** Given to every worker's `make`; anything that `structuredClone` copies. */
  readonly init: unknown;
  /** Images that a worker is sent at a time; default 8. */
  readonly imagesAtATime?: number;
}

/** Some images of a batch, on their way. */
interface Job {
  readonly ids: readonly string[];
  readonly images: Uint8Array | Float32Array;
  resolve(features: Float32Array): void;
  reject(error: Error): void;
}

interface Member {
  readonly end: MessageEnd;
  job: Job | undefined;
}

/**
 * A frozen part that runs in several threads, each with an engine of its own: WebAssembly has one thread an engine, and so all
 * cores work. Images go to whichever thread is free; features come back in the order of the batch and are those of a single thread,
 * as long as an image's features do not depend on its neighbours. A thread that dies fails what it was at work on and whatever comes
 * after. Idle threads do not keep a Node process alive.
 *
 * @throws {BackendError} `WORKER_FAILED`: a thread does not start; in `run`, one has died, or its engine failed.
 */
export async function frozenPool(options: FrozenPoolOptions): Promise<FrozenPart> {
  const { createWorker, workers, init, imagesAtATime = 8 } = options;
  for (const [name, value] of Object.entries({ workers, imagesAtATime })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new BackendError("OPTION_INVALID", `frozenPool: ${name} is ${value}: use an integer of at least 1`);
  }
  const members: Member[] = Array.from({ length: workers }, () => ({ end: createWorker(), job: undefined }));
  const waiting: Job[] = [];
  let released = false;
  let dead: BackendError | undefined;

  function next(member: Member): void {
    member.job = waiting.shift();
    if (member.job === undefined) {
      member.end.unref?.();
      return;
    }
    member.end.ref?.();
    const { ids, images } = member.job;
    send(member, { type: "run", ids, images });
  }
  function die(reason: string): void {
    if (released || dead !== undefined) return;
    dead = new BackendError("WORKER_FAILED", `a thread of the pool failed: ${reason}`);
    for (const job of [...members.flatMap(({ job }) => job ?? []), ...waiting.splice(0)]) job.reject(dead);
    for (const { end } of members) stop(end);
  }
  const started = members.map(
    (member) =>
      new Promise<Extract<Answer, { type: "started" }>>((resolve, reject) => {
        onDeath(member.end, (reason) => {
          die(reason);
          reject(dead ?? new BackendError("WORKER_FAILED", `a thread of the pool failed: ${reason}`));
        });
        listen(member.end, (message) => {
          const answer = message as Answer;
          if (answer.type === "started") resolve(answer);
          else if (answer.type === "done") {
            member.job?.resolve(answer.features);
            next(member);
          } else if (member.job !== undefined) {
            member.job.reject(new BackendError("WORKER_FAILED", `a thread of the pool: ${answer.message}`));
            next(member);
          } else reject(new BackendError("WORKER_FAILED", `a thread of the pool does not start: ${answer.message}`));
        });
        send(member, { type: "start", init });
      }),
  );
  const parts = await Promise.all(started).catch((error: unknown) => {
    released = true;
    for (const { end } of members) stop(end);
    throw error;
  });
  const { id, inputSize, outputShape } = parts[0]!;
  for (const { end } of members) end.unref?.();
  const stride = inputSize[0] * inputSize[1] * 3;
  const width = outputShape.reduce((product, size) => product * size, 1);
  const release = () => {
    released = true;
    for (const member of members) {
      send(member, { type: "dispose" });
      stop(member.end);
    }
  };

  async function runAll({ ids, images }: Batch): Promise<Float32Array> {
    if (dead !== undefined) throw dead;
    const features = new Float32Array(ids.length * width);
    const jobs: Promise<void>[] = [];
    for (let from = 0; from < ids.length; from += imagesAtATime) {
      const to = Math.min(ids.length, from + imagesAtATime);
      const some = { ids: ids.slice(from, to), images: images.slice(from * stride, to * stride) };
      const job = new Promise<Float32Array>((resolve, reject) => waiting.push({ ...some, resolve, reject }));
      jobs.push(job.then((values) => features.set(values, from * width)));
    }
    for (const member of members) if (member.job === undefined) next(member);
    // All of them, before an error is passed on: no answer may come to a batch that is gone.
    const ends = await Promise.allSettled(jobs);
    const failure = ends.find((one): one is PromiseRejectedResult => one.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    return features;
  }

  return guardedPart({ id, inputSize, outputShape }, { run: runAll, release });
}

function send({ end }: Member, request: Request): void {
  end.postMessage(request, request.type === "run" ? [request.images.buffer as ArrayBuffer] : []);
}

function stop(end: MessageEnd): void {
  if (end.terminate !== undefined) void end.terminate();
  else end.close?.();
}
