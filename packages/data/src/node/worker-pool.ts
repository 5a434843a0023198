import { DataError, reasonOf } from "../errors.ts";
import type { ImageOrigin } from "../image/image.ts";
import type { LoadTarget } from "../image/image-loader.ts";
import { errorFrom, type LoadReply, type LoadRequest } from "./worker-messages.ts";

/** What the pool needs of a worker; `Worker` of node:worker_threads has it. */
export interface LoaderWorker {
  postMessage(message: LoadRequest, transfer: readonly ArrayBuffer[]): void;
  on(event: "message", listener: (reply: LoadReply) => void): unknown;
  on(event: "error" | "messageerror", listener: (error: Error) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
  /** Keeps the process alive, or no longer does. */
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

interface Task {
  readonly bytes: Uint8Array;
  readonly origin: ImageOrigin;
  readonly target: LoadTarget;
  resolve(pixels: Uint8Array): void;
  reject(error: unknown): void;
}

interface Member {
  readonly worker: LoaderWorker;
  readonly inFlight: Map<number, Task>;
  answered: boolean;
  failure?: Error;
}

/** Loads images in workers. */
export interface WorkerPool {
  load(bytes: Uint8Array, origin: ImageOrigin, target: LoadTarget): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Hands tasks to at most `size` workers, each with at most `depth` under way; the others wait in line here. Workers are
 * made when there is work for them and keep the process alive only while they work. One that dies fails its tasks (a
 * DataError WORKER_FAILED) and is replaced by the next task; one that dies before its first answer also fails those in
 * line, because the next one would die too.
 */
export function workerPool(createWorker: () => LoaderWorker, size: number, depth: number): WorkerPool {
  const members = new Set<Member>();
  const line: Task[] = [];
  let closed = false;
  let nextTask = 0;

  return {
    load(bytes, origin, target) {
      const { signal } = target;
      return new Promise((resolve, reject) => {
        if (closed) throw closedError(origin);
        signal?.throwIfAborted();
        const done = (): void => signal?.removeEventListener("abort", abort);
        const task: Task = {
          ...{ bytes, origin, target },
          resolve(pixels) {
            done();
            resolve(pixels);
          },
          reject(error) {
            done();
            reject(error);
          },
        };
        function abort(): void {
          // What a worker has begun runs to its end, and nobody waits for it.
          const at = line.indexOf(task);
          if (at >= 0) line.splice(at, 1);
          task.reject(signal?.reason);
        }
        signal?.addEventListener("abort", abort, { once: true });
        line.push(task);
        hand();
      });
    },
    async close() {
      closed = true;
      const waiting = [...line.splice(0), ...[...members].flatMap(({ inFlight }) => [...inFlight.values()])];
      for (const task of waiting) task.reject(closedError(task.origin));
      await Promise.all([...members].map(({ worker }) => worker.terminate()));
    },
  };

  /** Gives out tasks while a worker has room. */
  function hand(): void {
    while (line.length > 0) {
      const member = roomiest();
      if (member === undefined) return;
      send(member, line.shift()!);
    }
  }

  function roomiest(): Member | undefined {
    let best: Member | undefined;
    for (const member of members) if (best === undefined || member.inFlight.size < best.inFlight.size) best = member;
    if (best?.inFlight.size === 0) return best;
    if (members.size < size) return start();
    return best !== undefined && best.inFlight.size < depth ? best : undefined;
  }

  function start(): Member | undefined {
    let worker: LoaderWorker;
    try {
      worker = createWorker();
    } catch (error) {
      for (const task of line.splice(0)) task.reject(failed(task.origin, `it cannot be started: ${reasonOf(error)}`));
      return undefined;
    }
    const member: Member = { worker, inFlight: new Map(), answered: false };
    members.add(member);
    worker.unref();
    worker.on("message", (reply) => settle(member, reply));
    worker.on("error", (error) => {
      member.failure = error;
    });
    worker.on("messageerror", (error) => {
      member.failure = error;
      void worker.terminate();
    });
    worker.on("exit", (code) => bury(member, code));
    return member;
  }

  function send(member: Member, task: Task): void {
    const { bytes, origin, target } = task;
    const { height, width, plan } = target;
    // Moved to the worker from a copy (some 20 microseconds for 120 kB): the caller may need the original again. (`slice` of
    // a Buffer would be no copy.)
    const own = new Uint8Array(bytes);
    const id = nextTask++;
    if (member.inFlight.size === 0) member.worker.ref();
    member.inFlight.set(id, task);
    try {
      const request = { task: id, bytes: own, origin, target: { height, width, ...(plan && { plan }) } };
      member.worker.postMessage(request, [own.buffer]);
    } catch (error) {
      settle(member, { task: id, error: { message: `not sent to the worker: ${reasonOf(error)}`, fields: {} } });
    }
  }

  function settle(member: Member, reply: LoadReply): void {
    member.answered = true;
    const task = member.inFlight.get(reply.task);
    member.inFlight.delete(reply.task);
    if (member.inFlight.size === 0) member.worker.unref();
    if ("pixels" in reply) task?.resolve(reply.pixels);
    else task?.reject(errorFrom(reply.error));
    hand();
  }

  function bury(member: Member, code: number): void {
    members.delete(member);
    if (closed) return;
    const reason = member.failure ? reasonOf(member.failure) : `exit code ${code}`;
    const lost = [...member.inFlight.values(), ...(member.answered ? [] : line.splice(0))];
    member.inFlight.clear();
    for (const task of lost) task.reject(failed(task.origin, reason, member.failure));
    hand();
  }
}

function failed({ file, id }: ImageOrigin, reason: string, cause?: Error): DataError {
  const message = `image "${id}" of ${file} was lost: its worker thread died (${reason}): decode it in this process to see why, or use fewer workers where memory is short`;
  return new DataError("WORKER_FAILED", message, { file, id, cause });
}

function closedError({ file, id }: ImageOrigin): DataError {
  const message = `image "${id}" of ${file} cannot be loaded: the loader is closed, make a new one`;
  return new DataError("LOADER_CLOSED", message, { file, id });
}
