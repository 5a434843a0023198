import { TFRecordError } from "./errors.ts";
import type { RandomAccess } from "./source.ts";

export interface HttpAccessOptions {
  /** Sent with each request, for instance an authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Another implementation of `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Random access to a file on an HTTP server that supports ranges (RFC 9110, section 14); one request for each slice, so
 * read neighbours together with `readRecordsAt`. A file that changes in between is noticed by its ETag or its size.
 *
 * @throws TFRecordError SOURCE_UNREADABLE where the server fails, has no ranges, or compresses what it sends
 */
export async function httpAccess(url: string | URL, options: HttpAccessOptions = {}): Promise<RandomAccess> {
  const name = String(url);
  const probe = await request(name, "bytes=0-0", options);
  // The one byte that came with it is not needed.
  await probe.body?.cancel();
  const { size: byteLength } = contentRange(name, probe);
  const tag = probe.headers.get("etag");
  return {
    name,
    byteLength,
    async slice(start, end) {
      if (end <= start) return new Uint8Array(0);
      const response = await request(name, `bytes=${start}-${end - 1}`, options);
      const range = contentRange(name, response);
      if (range.size !== byteLength || response.headers.get("etag") !== tag) {
        await response.body?.cancel();
        throw unreadable(name, "the file changed on the server; build the index again");
      }
      const bytes = new Uint8Array(await response.arrayBuffer().catch((cause: unknown) => fail(name, cause)));
      if (range.start !== start || bytes.length !== end - start) {
        throw unreadable(
          name,
          `the server sent ${bytes.length} bytes from ${range.start}, asked for ${end - start} from ${start}`,
        );
      }
      return bytes;
    },
  };
}

async function request(url: string, range: string, options: HttpAccessOptions): Promise<Response> {
  const { headers = {}, signal, fetch = globalThis.fetch } = options;
  const response = await fetch(url, {
    // Ranges of compressed bytes would be of no use; browsers send ranges uncompressed and ignore the header.
    headers: { "Accept-Encoding": "identity", ...headers, Range: range },
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => fail(url, cause));
  if (response.status === 206 && response.headers.get("content-encoding") === null) return response;
  await response.body?.cancel();
  if (response.status === 206)
    throw unreadable(url, "the server compresses what it sends, which makes ranges meaningless");
  if (response.status === 200)
    throw unreadable(url, "the server does not support ranges; read the file from front to back");
  // An empty file has no first byte.
  if (response.status === 416 && /\*\/0$/.test(response.headers.get("content-range") ?? "")) return response;
  throw unreadable(url, `the server answered ${response.status} ${response.statusText}`.trimEnd());
}

function contentRange(url: string, response: Response): { readonly start: number; readonly size: number } {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(response.headers.get("content-range") ?? "");
  if (match !== null) return { start: Number(match[1] ?? 0), size: Number(match[2]) };
  throw unreadable(
    url,
    "the server does not say which range of which size it sends (Content-Range, perhaps hidden by CORS)",
  );
}

function fail(url: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new TFRecordError("SOURCE_UNREADABLE", `the request failed (${reason}); check the address`, {
    file: url,
    cause,
  });
}

function unreadable(url: string, problem: string): TFRecordError {
  return new TFRecordError("SOURCE_UNREADABLE", problem, { file: url });
}
