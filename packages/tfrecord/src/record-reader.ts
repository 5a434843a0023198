import { ByteWindow } from "./byte-window.ts";
import { accelerate, LARGE_BYTES } from "./crc32c.ts";
import { placeError } from "./errors.ts";
import {
  claimedLength,
  DEFAULT_MAX_RECORD_BYTES,
  dataChecksumHolds,
  HEADER_BYTES,
  lengthChecksumHolds,
  OVERHEAD_BYTES,
  readU32,
} from "./framing.ts";
import type { SkippedRange } from "./skipped-range.ts";
import type { TroubleReader } from "./trouble-reader.ts";

export interface RecordReaderOptions {
  readonly verify?: "full" | "length" | "none";
  readonly onCorrupt?: "throw" | "skip";
  readonly onSkip?: ((range: SkippedRange) => void) | undefined;
  readonly maxRecordBytes?: number;
  readonly file?: string | undefined;
  /** Where the chunks begin, and which record that is, for a reader that starts inside a file. */
  readonly startOffset?: number;
  readonly startRecord?: number;
  /** What the chunks come from; its own `inflate` is taken where damage need not be recovered from. */
  readonly source?: object;
  /** Compressed files are not to be read, because offsets must be those of the file. */
  readonly inflate?: "refuse" | undefined;
  readonly crc32c?: ((bytes: Uint8Array) => number) | undefined;
}

/**
 * Takes records off a stream of chunks. `take` answers at once while a record lies inside the current chunk; `next` also
 * waits for bytes. What is not a plain intact record (compression, damage) is left to a `TroubleReader`, which is loaded
 * when it is first needed.
 */
export class RecordReader {
  /** Number of the last record taken, from 0. */
  record: number;
  /** Where the last record taken starts. */
  byteOffset = 0;
  window: ByteWindow;
  /** Set while checksums must come from the `TroubleReader`. */
  recovering = false;
  readonly file: string | undefined;
  readonly limit: number;
  readonly options: RecordReaderOptions;
  readonly #verify: "full" | "length" | "none";
  readonly #crc32c: ((bytes: Uint8Array) => number) | undefined;
  #trouble: TroubleReader | undefined;

  constructor(chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>, options: RecordReaderOptions = {}) {
    const { verify = "full", maxRecordBytes = DEFAULT_MAX_RECORD_BYTES } = options;
    this.window = new ByteWindow(chunks, options.startOffset);
    this.record = (options.startRecord ?? 0) - 1;
    this.file = options.file;
    this.limit = maxRecordBytes;
    this.options = options;
    this.#verify = verify;
    this.#crc32c = options.crc32c;
  }

  /** Offset of what comes next. */
  get endOffset(): number {
    return this.window.offset;
  }

  /** The next record's data where it is at hand and intact; otherwise undefined, and `next` knows why. */
  take(): Uint8Array | undefined {
    if (this.recovering) return undefined;
    const { bytes, position } = this.window;
    if (bytes.length - position < HEADER_BYTES) return undefined;
    const length = claimedLength(bytes, position);
    if (length > this.limit || position + OVERHEAD_BYTES + length > bytes.length) return undefined;
    if (!this.headerHolds(bytes, position) || !this.dataHolds(length)) return undefined;
    return this.accept(length);
  }

  /** The next record's data, or undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    const { window } = this;
    try {
      if (this.#trouble === undefined) {
        if (await window.ensure(HEADER_BYTES)) {
          if (this.#verify === "full" && this.#crc32c === undefined && window.available >= LARGE_BYTES)
            await accelerate();
          const length = claimedLength(window.bytes, window.position);
          if (length <= this.limit && this.headerHolds(window.bytes, window.position)) {
            await window.ensure(length + OVERHEAD_BYTES);
            const data = this.take();
            if (data !== undefined) return data;
          }
        } else if (window.available === 0) return undefined;
        const { TroubleReader } = await import("./trouble-reader.ts");
        this.#trouble = new TroubleReader(this);
      }
      return await this.#trouble.next();
    } catch (error) {
      // The source may have failed, which does not know where the reader is.
      throw this.placed(error);
    }
  }

  async close(): Promise<void> {
    await this.window.close();
  }

  placed(error: unknown): unknown {
    return placeError(error, { file: this.file, record: this.record + 1, byteOffset: this.window.offset });
  }

  headerHolds(bytes: Uint8Array, at: number): boolean {
    // Unverified, only the one header is refused that costs nothing to refuse: zeros, which would never end.
    if (this.#verify === "none") return claimedLength(bytes, at) !== 0 || readU32(bytes, at + 8) !== 0;
    return lengthChecksumHolds(bytes, at);
  }

  /** Whether the data of the record at the window's position, which is all there, may be handed out. */
  dataHolds(length: number): boolean {
    const { bytes, position } = this.window;
    return this.#verify !== "full" || dataChecksumHolds(bytes, position, length, this.#crc32c);
  }

  accept(length: number): Uint8Array {
    const { window } = this;
    const start = window.position + HEADER_BYTES;
    this.record++;
    this.byteOffset = window.offset;
    window.consume(length + OVERHEAD_BYTES);
    return window.bytes.subarray(start, start + length);
  }
}
