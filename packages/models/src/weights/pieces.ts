import type { Store } from "@cassava/contracts";

/** Which bytes the server has: pieces of two versions are never joined. */
export interface FileVersion {
  /** Bytes of the whole file. */
  readonly total: number;
  /** A strong ETag, or Last-Modified: what `If-Range` takes. */
  readonly validator: string;
}

/** A file on its way: the bytes so far in memory, and in `store`, if there is one, as pieces that outlive the process. */
export interface PartialFile {
  /** Bytes from the start of the file that are there. */
  readonly received: number;
  /** Undefined where the server named none; then no piece is kept, and nothing can be resumed. */
  readonly version: FileVersion | undefined;
  /** Goes on from the pieces that an earlier process left, if any. Returns whether there were some. */
  restore(): Promise<boolean>;
  /** Starts anew; `total` where the size is known, even without a version. */
  begin(version: FileVersion | undefined, total?: number): Promise<void>;
  append(chunk: Uint8Array): Promise<void>;
  /** Puts what is only in memory, so that the next process can go on from here. */
  flush(): Promise<void>;
  /** The bytes so far, not copied. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** Forgets the bytes and deletes every piece, of any version and from any process. */
  discard(): Promise<void>;
}

/**
 * The partial file of `key`. A piece lies under `KEY.part/TOTAL-VALIDATOR/START`: whatever was put completely can be used,
 * in whatever lengths it was put.
 */
export function partialFile(store: Store | undefined, key: string, pieceBytes: number): PartialFile {
  const prefix = `${key}.part/`;
  let version: FileVersion | undefined;
  let buffer = new Uint8Array(0);
  let received = 0;
  /** Bytes from the start of the file that the store has, whether or not they arrived again since. */
  let kept = 0;

  const keyOf = ({ total, validator }: FileVersion, start: number) =>
    `${prefix}${total}-${encodeURIComponent(validator)}/${start}`;
  const forget = (size: number, next?: FileVersion, stored = 0) => {
    version = next;
    buffer = new Uint8Array(size);
    received = 0;
    kept = stored;
  };
  const pieceKeys = async () => {
    const keys: string[] = [];
    if (store === undefined) return keys;
    for await (const found of store.keys()) if (found.startsWith(prefix)) keys.push(found);
    return keys;
  };
  /** Counts as kept what can be kept nowhere. */
  const keep = async (end: number) => {
    if (end <= kept) return;
    const start = kept;
    kept = end;
    if (store === undefined || version === undefined) return;
    await store.put(keyOf(version, start), buffer.subarray(start, end));
  };

  return {
    get received() {
      return received;
    },
    get version() {
      return version;
    },
    async restore() {
      const versions = (await pieceKeys()).map((found) => parseVersion(found.slice(prefix.length)));
      const start = versions.find((found) => found?.start === 0);
      if (store === undefined || start === undefined) return false;
      forget(start.total, start);
      while (received < start.total) {
        const piece = await store.get(keyOf(start, received));
        if (piece === undefined || piece.length === 0 || piece.length > start.total - received) break;
        buffer.set(piece, received);
        received += piece.length;
        kept = received;
      }
      return received > 0;
    },
    async begin(next, total = 0) {
      const same = next !== undefined && next.total === version?.total && next.validator === version.validator;
      if (!same && version !== undefined) await this.discard();
      // Pieces of the same version stay: a shorter one in their place would lose what follows it.
      forget(next?.total ?? total, next, same ? kept : 0);
    },
    async append(chunk) {
      const end = received + chunk.length;
      if (end > buffer.length) {
        const larger = new Uint8Array(Math.max(end, 2 * buffer.length));
        larger.set(buffer.subarray(0, received));
        buffer = larger;
      }
      buffer.set(chunk, received);
      received = end;
      while (received - kept >= pieceBytes) await keep(kept + pieceBytes);
    },
    flush: () => keep(received),
    bytes: () => buffer.subarray(0, received),
    async discard() {
      forget(0);
      for (const found of await pieceKeys()) await store?.delete(found);
    },
  };
}

function parseVersion(tail: string): (FileVersion & { readonly start: number }) | undefined {
  const match = /^(\d+)-([^/]+)\/(\d+)$/.exec(tail);
  if (match === null) return undefined;
  return { total: Number(match[1]), validator: decodeURIComponent(match[2]!), start: Number(match[3]) };
}
