import { ByteWindow } from "./byte-window.ts";
import { isTFRecordError, placeError, TFRecordError, type TFRecordErrorCode } from "./errors.ts";
import {
  claimedLength,
  DEFAULT_MAX_RECORD_BYTES,
  dataChecksumHolds,
  HEADER_BYTES,
  lengthChecksumHolds,
  OVERHEAD_BYTES,
  readU32,
} from "./framing.ts";
import { holdsUp, IDENTIFY_BYTES, identify } from "./identify.ts";
import { type Compression, type Inflate, inflate } from "./inflate/inflate.ts";
import { RangeCrc } from "./range-crc.ts";
import { consumeZeros, findSwallowedChain, rangeChecksumHolds, seekIntactRecord } from "./resync.ts";
import type { SkippedRange } from "./skipped-range.ts";

export interface RecordReaderOptions {
  readonly verify?: "full" | "length" | "none";
  readonly onCorrupt?: "throw" | "skip";
  readonly onSkip?: ((range: SkippedRange) => void) | undefined;
  readonly maxRecordBytes?: number;
  readonly file?: string | undefined;
  /** Where the chunks begin, and which record that is, for a reader that starts inside a file. */
  readonly startOffset?: number;
  readonly startRecord?: number;
  /** Decompresses what turns out to be compressed; `refuse` where offsets must be those of the file. */
  readonly inflate?: Inflate | "refuse" | undefined;
  readonly crc32c?: ((bytes: Uint8Array) => number) | undefined;
}

/** Compression inside compression (a gzip file that a server compressed again) is followed to this depth. */
const MAX_LAYERS = 2;

/**
 * Takes records off a stream of chunks. `take` answers at once while a record lies inside the current chunk; `next` also
 * waits for bytes, names damage and recovers from it.
 */
export class RecordReader {
  /** Number of the last record taken, from 0. */
  record: number;
  /** Where the last record taken starts. */
  byteOffset = 0;
  readonly file: string | undefined;
  #window: ByteWindow;
  readonly #verify: "full" | "length" | "none";
  readonly #limit: number;
  readonly #skip: boolean;
  readonly #onSkip: ((range: SkippedRange) => void) | undefined;
  readonly #crc32c: ((bytes: Uint8Array) => number) | undefined;
  readonly #inflate: Inflate | "refuse";
  #layers = 0;
  #failure: TFRecordError | undefined;
  // While recovering, and as far as the failed record claimed to reach, checksums come from #crc: see RangeCrc.
  #crc: RangeCrc | undefined;
  #suspectUntil = 0;

  constructor(chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>, options: RecordReaderOptions = {}) {
    const { verify = "full", onCorrupt = "throw", maxRecordBytes = DEFAULT_MAX_RECORD_BYTES } = options;
    this.#window = new ByteWindow(chunks, options.startOffset);
    this.record = (options.startRecord ?? 0) - 1;
    this.#verify = verify;
    this.#limit = maxRecordBytes;
    this.#skip = onCorrupt === "skip";
    this.#onSkip = options.onSkip;
    this.#crc32c = options.crc32c;
    this.#inflate = options.inflate ?? inflate;
    this.file = options.file;
  }

  /** Offset of what comes next. */
  get endOffset(): number {
    return this.#window.offset;
  }

  /** The next record's data where it is at hand and intact; otherwise undefined, and `next` knows why. */
  take(): Uint8Array | undefined {
    if (this.#crc !== undefined) return undefined;
    const { bytes, position } = this.#window;
    if (bytes.length - position < HEADER_BYTES) return undefined;
    const length = claimedLength(bytes, position);
    if (length > this.#limit || position + OVERHEAD_BYTES + length > bytes.length) return undefined;
    if (!this.#headerHolds(bytes, position)) return undefined;
    if (this.#verify === "full" && !dataChecksumHolds(bytes, position, length, this.#crc32c)) return undefined;
    return this.#accept(length);
  }

  /** The next record's data, or undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    try {
      for (;;) {
        const data = this.take();
        if (data !== undefined) return data;
        const found = await this.#examine();
        if (typeof found === "number") return this.#accept(found);
        if (found === undefined) {
          this.#reportFailure();
          return undefined;
        }
        if (!this.#skip) throw found;
        await this.#recover(found);
      }
    } catch (error) {
      // The source may have failed, which does not know where the reader is.
      throw this.#placed(error);
    }
  }

  async close(): Promise<void> {
    await this.#window.close();
  }

  #placed(error: unknown): unknown {
    return placeError(error, { file: this.file, record: this.record + 1, byteOffset: this.#window.offset });
  }

  /**
   * Decompressed chunks. Damaged compressed data cannot be picked up again: in skip mode the stream ends there, what came
   * before is read like any file that was cut short, and the failure is reported at the end.
   */
  async *#decompressed(
    format: Compression,
    inflate: Inflate,
    packed: AsyncGenerator<Uint8Array, void, undefined>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* inflate(format, packed);
    } catch (error) {
      if (!this.#skip || !isTFRecordError(error, "DECOMPRESSION_FAILED")) throw error;
      this.#failure = error;
    }
  }

  #reportFailure(): void {
    const error = this.#failure;
    if (error === undefined) return;
    this.#failure = undefined;
    const at = this.#window.offset;
    const placed = this.#placed(error) as TFRecordError;
    this.record++;
    this.#onSkip?.({ file: this.file, record: this.record, start: at, end: at, error: placed });
  }

  #headerHolds(bytes: Uint8Array, at: number): boolean {
    // Unverified, only the one header is refused that costs nothing to refuse: zeros, which would never end.
    if (this.#verify === "none") return claimedLength(bytes, at) !== 0 || readU32(bytes, at + 8) !== 0;
    return lengthChecksumHolds(bytes, at);
  }

  #accept(length: number): Uint8Array {
    const window = this.#window;
    const start = window.position + HEADER_BYTES;
    this.record++;
    this.byteOffset = window.offset;
    window.consume(length + OVERHEAD_BYTES);
    if (this.#crc !== undefined && window.offset >= this.#suspectUntil) this.#crc = undefined;
    return window.bytes.subarray(start, start + length);
  }

  #error(code: TFRecordErrorCode, problem: string): TFRecordError {
    return new TFRecordError(code, problem, {
      file: this.file,
      record: this.record + 1,
      byteOffset: this.#window.offset,
    });
  }

  /** The length of the intact record at the window's position, or what is wrong with it; undefined at the end. */
  async #examine(): Promise<number | TFRecordError | undefined> {
    const window = this.#window;
    if (!(await window.ensure(HEADER_BYTES))) {
      const left = window.available;
      if (left === 0) return undefined;
      const identified = await this.#identify();
      if (identified !== false) return identified === true ? await this.#examine() : identified;
      return this.#error(
        "HEADER_TRUNCATED",
        `${left} bytes are left where a 12-byte header should be; the file was cut short`,
      );
    }
    const length = claimedLength(window.bytes, window.position);
    if (!this.#headerHolds(window.bytes, window.position)) {
      const identified = await this.#identify();
      if (identified === false) return await this.#describeBadHeader(length);
      return identified === true ? await this.#examine() : identified;
    }
    if (length > this.#limit) {
      const problem = `the record claims ${length} bytes, more than maxRecordBytes = ${this.#limit}; raise it if that is right`;
      return this.#error("LENGTH_LIMIT", problem);
    }
    const needed = length + OVERHEAD_BYTES;
    const wanted = this.#crc === undefined ? needed : Math.max(needed, 2 * window.available);
    if (!(await window.ensure(needed, wanted))) {
      const problem = `the record claims ${length} bytes, but the file ends after ${Math.max(0, window.available - HEADER_BYTES)}; it was cut short`;
      return this.#error("DATA_TRUNCATED", problem);
    }
    if (this.#verify === "full" && !this.#dataHolds(length)) {
      return this.#error(
        "DATA_CRC_MISMATCH",
        "the data does not match its checksum; fetch the file again or skip corrupt records",
      );
    }
    return length;
  }

  /**
   * After the first header has failed: true where the source is compressed, and its decompressed bytes are read from now on;
   * an error where it seems to be something else. Where it certainly is, there is nothing to recover: the error is thrown.
   */
  async #identify(): Promise<boolean | TFRecordError> {
    const window = this.#window;
    if (this.record >= 0 || window.offset > 0) return false;
    await window.ensure(IDENTIFY_BYTES);
    const start = window.bytes.subarray(window.position, window.position + IDENTIFY_BYTES);
    const identity = identify(start);
    if (identity === undefined || !(await holdsUp(identity, start))) return false;
    if ("other" in identity) {
      const error = this.#error("NOT_TFRECORD", `this is not a TFRecord file but ${identity.other}`);
      if (identity.certain) throw error;
      return error;
    }
    const { compression } = identity;
    if (this.#inflate === "refuse") {
      const problem = `the file is compressed (${compression}); random access needs it decompressed`;
      throw this.#error("COMPRESSED", problem);
    }
    if (this.#layers++ === MAX_LAYERS) throw this.#error("NOT_TFRECORD", "this is compressed more than twice");
    const chunks = this.#decompressed(compression, this.#inflate, window.drain());
    this.#window = new ByteWindow(chunks);
    return true;
  }

  #dataHolds(length: number): boolean {
    const window = this.#window;
    return this.#crc === undefined
      ? dataChecksumHolds(window.bytes, window.position, length, this.#crc32c)
      : rangeChecksumHolds(window, this.#crc, window.position, length);
  }

  async #describeBadHeader(length: number): Promise<TFRecordError> {
    const window = this.#window;
    const { bytes, position } = window;
    const zeros = length === 0 && readU32(bytes, position + 8) === 0;
    const mismatch = this.#error(
      "LENGTH_CRC_MISMATCH",
      "the length does not match its checksum; the file is damaged here or is not a TFRecord file",
    );
    const tail = this.#error(
      "ZERO_TAIL",
      "only zeros are left: the file's writer was never closed; what comes before is intact",
    );
    return zeros && (await consumeZeros(window)) ? tail : mismatch;
  }

  /** Moves past the damage and reports the range. */
  async #recover(error: TFRecordError): Promise<void> {
    const window = this.#window;
    const start = error.byteOffset!;
    this.#crc ??= new RangeCrc();
    if (error.code === "DATA_CRC_MISMATCH") {
      const size = claimedLength(window.bytes, window.position) + OVERHEAD_BYTES;
      this.#suspectUntil = Math.max(this.#suspectUntil, window.offset + size);
      if (await this.#boundaryHolds(size)) {
        window.position =
          findSwallowedChain(window, this.#crc, window.position + size, this.#limit) ?? window.position + size;
      } else await this.#seek();
    } else if (window.available > 0) await this.#seek();
    if (window.offset >= this.#suspectUntil) this.#crc = undefined;
    this.record++;
    this.#onSkip?.({ file: this.file, record: this.record, start, end: window.offset, error });
  }

  async #seek(): Promise<void> {
    const window = this.#window;
    window.consume(1);
    await seekIntactRecord(window, this.#crc!, this.#limit);
    // The record found is checked once more when it is taken, from the checksums that are known by now.
    this.#suspectUntil = Math.max(this.#suspectUntil, window.offset + 1);
  }

  /** Whether the stream ends, or a header holds, `size` bytes after the window's position. */
  async #boundaryHolds(size: number): Promise<boolean> {
    const window = this.#window;
    const needed = size + HEADER_BYTES;
    if (await window.ensure(needed, Math.max(needed, 2 * window.available))) {
      return lengthChecksumHolds(window.bytes, window.position + size);
    }
    return window.available === size;
  }
}
