import type { FileVersion } from "./pieces.ts";

/** What a server answered. */
export type Answer = BodyAnswer | FailedAnswer | { readonly kind: "stale" };

/** Bytes are coming. */
export interface BodyAnswer {
  readonly kind: "body";
  /** Place in the file of the first byte: 0, or where the file so far ended. */
  readonly start: number;
  /** Absent where the server names no size or nothing to recognize the version by. */
  readonly version: FileVersion | undefined;
  /** Bytes of the whole file, where the server names them. */
  readonly total: number | undefined;
  /** The next bytes, that there are no more, or that the connection dropped. */
  read(): Promise<Uint8Array | "end" | "dropped">;
  /** Closes the connection; harmless after the end. */
  cancel(): Promise<void>;
}

/** No bytes. */
export interface FailedAnswer {
  readonly kind: "failed";
  /** One clause, for an error. */
  readonly reason: string;
  /** Whether asking again is in vain. */
  readonly final: boolean;
  readonly cause?: unknown;
}

/** What of the file is there already. */
export interface SoFar {
  readonly received: number;
  readonly version: FileVersion | undefined;
}

/** What {@link ask} takes. */
export interface AskOptions {
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Timeouts, limits of the rate, and what a server may soon recover from. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Asks for the file at `url`, or for what follows `soFar` if the server still has that version (RFC 9110, 13.1.5 and 14.2).
 * `stale`: what there is so far is of another version. Throws only the signal's reason.
 */
export async function ask(url: string, soFar: SoFar | undefined, options: AskOptions): Promise<Answer> {
  const { signal, fetch = globalThis.fetch } = options;
  // A compressed body has another length than the file; browsers ignore the header and handle this by themselves.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  const start = soFar?.version === undefined ? 0 : soFar.received;
  if (soFar?.version !== undefined && start > 0) {
    headers.range = `bytes=${start}-`;
    headers["if-range"] = soFar.version.validator;
  }
  let response: Response;
  try {
    response = await fetch(url, { headers, ...(signal !== undefined && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    return { kind: "failed", reason: `cannot be reached (${reasonOf(cause)})`, final: false, cause };
  }
  const { status, statusText } = response;
  const partial = status === 206 && start > 0;
  if (!partial && status !== 200) {
    await response.body?.cancel();
    if (status === 416 && start > 0) return { kind: "stale" };
    const reason = `answered HTTP ${`${status} ${statusText}`.trim()}${status === 404 ? ": there is no such file" : ""}`;
    return { kind: "failed", reason, final: !PASSING.has(status) };
  }
  const found = partial ? rangeOf(response, start) : { start: 0, total: lengthOf(response) };
  const validator = validatorOf(response);
  const version = found.total === undefined || validator === undefined ? undefined : { total: found.total, validator };
  // A cross-origin answer may hide its headers; what it shows must be what was asked for.
  const { version: known } = soFar ?? {};
  const other =
    found.start !== start ||
    (found.total ?? known?.total) !== known?.total ||
    (validator ?? known?.validator) !== known?.validator;
  if (partial && other) {
    await response.body?.cancel();
    return { kind: "stale" };
  }
  return bodyOf(response, partial ? { start, version: known, total: known?.total } : { ...found, version }, signal);
}

async function bodyOf(
  response: Response,
  place: Pick<BodyAnswer, "start" | "version" | "total">,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const next = async () => {
    try {
      const { done, value } = await reader.read();
      return done ? "end" : value;
    } catch {
      signal?.throwIfAborted();
      return "dropped";
    }
  };
  const cancel = () => reader.cancel().catch(() => undefined);
  let first: Awaited<ReturnType<typeof next>> | undefined = await next();
  if (place.start === 0 && (isPage(response) || isMarkup(first))) {
    await cancel();
    return { kind: "failed", reason: "answered with an HTML or XML page instead of a file", final: true };
  }
  return {
    kind: "body",
    ...place,
    async read() {
      const chunk = first ?? (await next());
      first = undefined;
      return chunk;
    },
    cancel,
  };
}

/** Declared as HTML or XML: `text/html`, `application/xhtml+xml`, `application/xml`, … */
const isPage = (response: Response) =>
  /^\s*(?:text\/html|(?:text|application)\/(?:[\w.-]+\+)?xml)\s*(?:;|$)/i.test(
    response.headers.get("content-type") ?? "",
  );

/** Begins as a page does, whatever its type. `<` alone is the first byte of one in 256 files of raw numbers. */
function isMarkup(chunk: Uint8Array | string | undefined): boolean {
  if (!(chunk instanceof Uint8Array)) return false;
  return /^\s*<(?:!doctype|html|\?xml)\b/i.test(new TextDecoder().decode(chunk.subarray(0, 60)));
}

function lengthOf({ headers }: Response): number | undefined {
  const encoding = headers.get("content-encoding") ?? "identity";
  const length = headers.get("content-length");
  return length === null || encoding !== "identity" ? undefined : Number(length);
}

/** Where the bytes of a 206 lie; a part of `Content-Range` that is hidden is told from the length of the body. */
function rangeOf(response: Response, start: number): { start: number; total: number | undefined } {
  const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "");
  if (match !== null) return { start: Number(match[1]), total: Number(match[2]) };
  const length = lengthOf(response);
  return { start, total: length === undefined ? undefined : start + length };
}

/** A strong ETag, else Last-Modified: a weak ETag does not promise the same bytes. */
function validatorOf({ headers }: Response): string | undefined {
  const tag = headers.get("etag");
  return (tag?.startsWith('"') ? tag : headers.get("last-modified")) ?? undefined;
}

/** The innermost reason that an error of `fetch` gives, in a few words. */
export function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (inner instanceof AggregateError && inner.message === "") inner = inner.errors[0];
  return inner instanceof Error ? inner.message.split("\n")[0]! : String(inner);
}
