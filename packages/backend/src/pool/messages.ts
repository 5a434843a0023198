/**
 * A thread or its other end: what web workers, Node's workers and message ports have in common. `on` is Node's way of listening,
 * `addEventListener` the web's; one of them has to be there. What a listener takes depends on the event.
 */
export interface MessageEnd {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on?(event: string, listener: (value: unknown) => void): unknown;
  addEventListener?(event: string, listener: (event: unknown) => void): void;
  terminate?(): unknown;
  close?(): unknown;
  unref?(): unknown;
  ref?(): unknown;
}

/** What a pool asks of a worker: one thing at a time. */
export type Request =
  | { readonly type: "start"; readonly init: unknown }
  | { readonly type: "run"; readonly ids: readonly string[]; readonly images: Uint8Array | Float32Array }
  | { readonly type: "dispose" };

/** What a worker answers. */
export type Answer =
  | {
      readonly type: "started";
      readonly id: string;
      readonly inputSize: readonly [number, number];
      readonly outputShape: readonly number[];
    }
  | { readonly type: "done"; readonly features: Float32Array }
  | { readonly type: "failed"; readonly message: string };

/** Calls `listener` with every message, in Node and in browsers. */
export function listen(end: MessageEnd, listener: (message: unknown) => void): void {
  if (end.on !== undefined) end.on("message", listener);
  else end.addEventListener!("message", (event) => listener((event as { readonly data: unknown }).data));
}

/** Calls `listener` once the thread behind `end` has failed or ended. */
export function onDeath(end: MessageEnd, listener: (reason: string) => void): void {
  // The web's error events and Node's errors both have it, but for a script that could not be loaded.
  const failed = (event: unknown) =>
    listener((event as { readonly message?: string }).message ?? "its script could not be loaded");
  if (end.on === undefined) {
    end.addEventListener!("error", failed);
    return;
  }
  end.on("error", failed);
  end.on("exit", (code) => listener(`it ended with exit code ${code}`));
}
