import type { Batch, FrozenPart } from "@cassava/contracts";
import { type Answer, listen, type MessageEnd, type Request } from "./messages.ts";

/**
 * The worker's side of {@link frozenPool}: makes the part once, then runs what it is sent, in order. `make` gets the pool's `init` and
 * starts the engine of this thread first.
 */
export function serveFrozenPart(make: (init: never) => Promise<FrozenPart>, end: MessageEnd): void {
  let part: Promise<FrozenPart> | undefined;
  const answer = (message: Answer, transfer: readonly ArrayBuffer[] = []) => end.postMessage(message, transfer);
  const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

  async function start(init: unknown): Promise<void> {
    try {
      part = make(init as never);
      const { id, inputSize, outputShape } = await part;
      answer({ type: "started", id, inputSize, outputShape });
    } catch (error) {
      answer({ type: "failed", message: reason(error) });
    }
  }

  async function run({ ids, images }: Extract<Request, { type: "run" }>): Promise<void> {
    try {
      const frozen = await part!;
      const shape: Batch["shape"] = [ids.length, ...frozen.inputSize, 3];
      const features = await frozen.run({ ids, images, shape, views: new Int32Array(ids.length), hashes: ids });
      // A copy of its own: engines may hand out a view of memory that is theirs.
      const owned = features.byteLength === features.buffer.byteLength ? features : features.slice();
      answer({ type: "done", features: owned }, [owned.buffer as ArrayBuffer]);
    } catch (error) {
      answer({ type: "failed", message: reason(error) });
    }
  }

  listen(end, (message) => {
    const request = message as Request;
    if (request.type === "start") void start(request.init);
    else if (request.type === "run") void run(request);
    else {
      void part?.then((frozen) => frozen.dispose());
      end.close?.();
    }
  });
}
