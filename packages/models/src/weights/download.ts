import type { Store } from "@cassava/contracts";
import { md5 } from "@noble/hashes/legacy.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { ModelsError } from "../errors.ts";
import { placeOf } from "./located-store.ts";
import { type PartialFile, partialFile } from "./pieces.ts";
import { ask, type BodyAnswer } from "./request.ts";

/** Bytes on their way. */
export interface DownloadProgress {
  readonly received: number;
  /** Absent while the server has not named the size. */
  readonly total?: number;
}

/** What every download takes. */
export interface TransferOptions {
  /** Where the file is kept; absent: nowhere, it is downloaded each time. */
  readonly store?: Store | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Lower-case hexadecimal MD5 of bytes; default: one in JavaScript, about 50 MB a second. */
  readonly md5Of?: ((bytes: Uint8Array) => string) | undefined;
}

/** How {@link download} works. */
export interface DownloadOptions extends TransferOptions {
  /** The key of the file in the store. */
  readonly key: string;
  /** Bytes of the file, where they are known. */
  readonly bytes?: number | undefined;
  /** Lower-case hexadecimal MD5 of the file, where it is known. */
  readonly md5?: string | undefined;
  /** Bytes of the pieces that are kept while the file is on its way. */
  readonly pieceBytes?: number;
  /** Tries in a row that bring no byte, after which it gives up. */
  readonly attempts?: number;
  /** Milliseconds before the first new try; twice as many before each further one. */
  readonly retryDelay?: number;
}

/** Larger files are refused: one typed array must hold them. */
const LARGEST = 2 ** 31 - 1;

/**
 * The bytes of the file at `url`: from the store if it is there and whole, else downloaded into it. A connection that drops is taken up
 * again where it stopped, by the next process too; a piece of another version of the file is never used. Only a file that is
 * whole and, where size and MD5 are known, the right one gets its key.
 *
 * @throws {ModelsError} `DOWNLOAD_FAILED`, `CHECKSUM_MISMATCH`
 */
export async function download(url: string, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { store, key, pieceBytes = 8 * 2 ** 20 } = options;
  const kept = (await store?.get(key)) as Uint8Array<ArrayBuffer> | undefined;
  const flaw = kept && flawOf(kept, options);
  const file = partialFile(store, key, pieceBytes);
  if (kept !== undefined && flaw === undefined) {
    // Pieces of a process that died after it had put the whole; that they cannot be removed is no reason not to use the file.
    await file.discard().catch(() => undefined);
    return kept;
  }
  if (flaw !== undefined) await store?.delete(key);

  let resumed = await file.restore();
  if (resumed && options.bytes !== undefined && file.version?.total !== options.bytes) {
    await file.discard();
    resumed = false;
  }
  for (;;) {
    await complete(url, file, options, flaw);
    const wrong = flawOf(file.bytes(), options);
    if (wrong === undefined) break;
    await file.discard();
    // A piece may have been damaged on disk: what arrives in one go is to be blamed on the server.
    if (!resumed) throw new ModelsError("CHECKSUM_MISMATCH", `${wrong}; it is not the published file`, { file: url });
    resumed = false;
  }
  const bytes = file.bytes();
  await store?.put(key, bytes);
  await file.discard();
  return bytes;
}

/** What is wrong with these bytes. */
function flawOf(bytes: Uint8Array, options: DownloadOptions): string | undefined {
  const { md5Of = (data) => bytesToHex(md5(data)) } = options;
  if (options.bytes !== undefined && bytes.length !== options.bytes) {
    return `has ${bytes.length} bytes instead of ${options.bytes}`;
  }
  if (options.md5 === undefined) return undefined;
  const found = md5Of(bytes);
  return found === options.md5 ? undefined : `has the MD5 ${found} instead of ${options.md5}`;
}

/** Asks until the file is whole; what has arrived outlives a failure. `flaw`: of the file that was in the store. */
async function complete(url: string, file: PartialFile, options: DownloadOptions, flaw?: string): Promise<void> {
  const { signal, attempts = 4, retryDelay = 250 } = options;
  let best = file.received;
  let fruitless = 0;
  try {
    while (file.version === undefined || file.received < file.version.total) {
      // Some servers refuse a range that is asked for from another origin: the last try asks for everything.
      const whole = attempts > 1 && fruitless === attempts - 1;
      const answer = await ask(url, whole ? undefined : file, options);
      if (answer.kind === "failed" && answer.final) throw failed(answer.reason);
      if (answer.kind === "body" && (await receive(url, answer, file, options))) return;
      if (answer.kind === "stale") await file.discard();
      fruitless = file.received > best ? 0 : fruitless + 1;
      best = Math.max(best, file.received);
      if (fruitless === attempts) {
        if (answer.kind === "failed") throw failed(answer.reason, answer.cause);
        throw failed(`the connection drops again and again, last after ${file.received} bytes`);
      }
      if (fruitless > 0) await pause(retryDelay * 2 ** (fruitless - 1), signal);
    }
  } catch (error) {
    await file.flush();
    throw error;
  }

  function failed(reason: string, cause?: unknown): ModelsError {
    const { store, key } = options;
    const removed = flaw === undefined ? "" : ` (the file that was there ${flaw} and was removed)`;
    const remedy = store === undefined ? "try again" : `try again, or put the file at ${placeOf(store, key)}${removed}`;
    return new ModelsError("DOWNLOAD_FAILED", `${reason}; ${remedy}`, { file: url, cause });
  }
}

/** Takes in the body of an answer. Returns whether the file is whole now. */
async function receive(url: string, answer: BodyAnswer, file: PartialFile, options: DownloadOptions): Promise<boolean> {
  const { onProgress, signal } = options;
  const { version, total } = answer;
  const wrong = (message: string) =>
    new ModelsError("CHECKSUM_MISMATCH", `${message}; it is not the published file`, { file: url });
  try {
    if (total !== undefined && options.bytes !== undefined && total !== options.bytes) {
      throw wrong(`has ${total} bytes instead of ${options.bytes}`);
    }
    const most = total ?? options.bytes ?? LARGEST;
    if (most > LARGEST) throw wrong(`has ${most} bytes, too many for a file of weights`);
    if (answer.start === 0) await file.begin(version, total);
    for (;;) {
      const chunk = await answer.read();
      signal?.throwIfAborted();
      if (chunk === "dropped") return false;
      if (chunk === "end") return total === undefined ? file.received > 0 : file.received === total;
      if (file.received + chunk.length > most) throw wrong(`has more than ${most} bytes`);
      await file.append(chunk);
      onProgress?.({ received: file.received, ...(total !== undefined && { total }) });
    }
  } finally {
    await answer.cancel();
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
