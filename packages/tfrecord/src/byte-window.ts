const EMPTY = new Uint8Array(0);

/**
 * A contiguous view into a stream of chunks. While what is asked for lies inside one chunk nothing is copied; what spans
 * chunks is joined in a buffer of its own. Memory is bounded by what was asked for and has really arrived.
 */
export class ByteWindow {
  /** The current buffer; bytes before `position` are consumed. */
  bytes: Uint8Array = EMPTY;
  position = 0;
  #base: number;
  #queued: Uint8Array | undefined;
  #ended = false;
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;

  /** `base` is the offset of the first chunk. */
  constructor(chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>, base = 0) {
    this.#chunks = chunks;
    this.#base = base;
  }

  /** Offset of `position` in the stream. */
  get offset(): number {
    return this.#base + this.position;
  }

  /** Bytes at hand without waiting. */
  get available(): number {
    return this.bytes.length - this.position;
  }

  consume(count: number): void {
    this.position += count;
  }

  /**
   * Makes `count` bytes contiguous at `position`; false where the stream ends first, and then everything that is left is.
   * Where it must read, it goes on until it has `wanted`: growing geometrically keeps repeated growth linear.
   */
  async ensure(count: number, wanted = count): Promise<boolean> {
    let have = this.available;
    if (have >= count) return true;
    const parts = have > 0 ? [this.bytes.subarray(this.position)] : [];
    while (have < wanted) {
      const chunk = await this.#next();
      if (chunk === undefined) break;
      parts.push(chunk);
      have += chunk.length;
    }
    this.#base = this.offset;
    this.position = 0;
    this.bytes = parts.length === 1 ? parts[0]! : this.#join(parts, Math.min(have, wanted), have);
    return this.available >= count;
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#queued = undefined;
    await this.#chunks.return?.();
  }

  #join(parts: readonly Uint8Array[], size: number, have: number): Uint8Array {
    if (parts.length === 0) return EMPTY;
    const joined = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      const fits = Math.min(part.length, size - at);
      joined.set(fits === part.length ? part : part.subarray(0, fits), at);
      at += fits;
    }
    const last = parts.at(-1)!;
    if (have > size) this.#queued = last.subarray(last.length - (have - size));
    return joined;
  }

  async #next(): Promise<Uint8Array | undefined> {
    const queued = this.#queued;
    if (queued !== undefined) {
      this.#queued = undefined;
      return queued;
    }
    while (!this.#ended) {
      const result = await this.#chunks.next();
      if (result.done) {
        this.#ended = true;
        return undefined;
      }
      const chunk = result.value;
      // A Buffer's subarray is a Buffer: records are plain Uint8Arrays whatever the source yields.
      if (chunk.length > 0) {
        return chunk.constructor === Uint8Array ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      }
    }
    return undefined;
  }
}
