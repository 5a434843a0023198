import { ByteWindow } from "./byte-window.ts";
import { isTFRecordError, TFRecordError, type TFRecordErrorCode } from "./errors.ts";
import { claimedLength, HEADER_BYTES, lengthChecksumHolds, OVERHEAD_BYTES, readU32 } from "./framing.ts";
import { holdsUp, IDENTIFY_BYTES, identify } from "./identify.ts";
import { type Compression, type Inflate, inflate } from "./inflate/inflate.ts";
import { RangeCrc } from "./range-crc.ts";
import type { RecordReader } from "./record-reader.ts";
import { consumeZeros, findSwallowedChain, rangeChecksumHolds, seekIntactRecord } from "./resync.ts";

/** Compression inside compression (a gzip file that a server compressed again) is followed to this depth. */
const MAX_LAYERS = 2;

/** What a `RecordReader` needs once a record is not plain and intact: names damage, recovers from it, decompresses. */
export class TroubleReader {
  readonly #reader: RecordReader;
  readonly #skip: boolean;
  #layers = 0;
  #failure: TFRecordError | undefined;
  // While recovering, and as far as the failed record claimed to reach, checksums come from #crc: see RangeCrc.
  #crc: RangeCrc | undefined;
  #suspectUntil = 0;

  constructor(reader: RecordReader) {
    this.#reader = reader;
    this.#skip = reader.options.onCorrupt === "skip";
  }

  get #window(): ByteWindow {
    return this.#reader.window;
  }

  /** The next record's data, or undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const data = this.#reader.take();
      if (data !== undefined) return data;
      const found = await this.#examine();
      if (typeof found === "number") {
        const data = this.#reader.accept(found);
        this.#settle();
        return data;
      }
      if (found === undefined) {
        this.#reportFailure();
        return undefined;
      }
      if (!this.#skip) throw found;
      await this.#recover(found);
    }
  }

  /** Back to plain checksums, once the window is past everything that a failed record claimed. */
  #settle(): void {
    if (this.#window.offset >= this.#suspectUntil) this.#crc = undefined;
    this.#reader.recovering = this.#crc !== undefined;
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
    if (this.#failure === undefined) return;
    const error = this.#reader.placed(this.#failure) as TFRecordError;
    this.#failure = undefined;
    this.#report(this.#window.offset, error);
  }

  #report(start: number, error: TFRecordError): void {
    const { file, options } = this.#reader;
    const record = ++this.#reader.record;
    options.onSkip?.({ file, record, start, end: this.#window.offset, error });
  }

  #error(code: TFRecordErrorCode, problem: string): TFRecordError {
    return this.#reader.placed(new TFRecordError(code, problem)) as TFRecordError;
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
    if (!this.#reader.headerHolds(window.bytes, window.position)) {
      const identified = await this.#identify();
      if (identified === false) return await this.#describeBadHeader(length);
      return identified === true ? await this.#examine() : identified;
    }
    const { limit } = this.#reader;
    if (length > limit) {
      const problem = `the record claims ${length} bytes, more than maxRecordBytes = ${limit}; raise it if that is right`;
      return this.#error("LENGTH_LIMIT", problem);
    }
    const needed = length + OVERHEAD_BYTES;
    const wanted = this.#crc === undefined ? needed : Math.max(needed, 2 * window.available);
    if (!(await window.ensure(needed, wanted))) {
      const problem = `the record claims ${length} bytes, but the file ends after ${Math.max(0, window.available - HEADER_BYTES)}; it was cut short`;
      return this.#error("DATA_TRUNCATED", problem);
    }
    if (!this.#dataHolds(length)) {
      return this.#error(
        "DATA_CRC_MISMATCH",
        "the data does not match its checksum; fetch the file again or skip corrupt records",
      );
    }
    return length;
  }

  #dataHolds(length: number): boolean {
    const { options } = this.#reader;
    if (this.#crc === undefined || (options.verify ?? "full") !== "full") return this.#reader.dataHolds(length);
    return rangeChecksumHolds(this.#window, this.#crc, this.#window.position, length);
  }

  /**
   * After the first header has failed: true where the source is compressed, and its decompressed bytes are read from now on;
   * an error where it seems to be something else. Where it certainly is, there is nothing to recover: the error is thrown.
   */
  async #identify(): Promise<boolean | TFRecordError> {
    const window = this.#window;
    if (this.#reader.record >= 0 || window.offset > 0) return false;
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
    const { options } = this.#reader;
    if (options.inflate === "refuse") {
      const problem = `the file is compressed (${compression}); random access needs it decompressed`;
      throw this.#error("COMPRESSED", problem);
    }
    if (this.#layers++ === MAX_LAYERS) throw this.#error("NOT_TFRECORD", "this is compressed more than twice");
    const native = this.#skip ? undefined : (options.source as { readonly inflate?: Inflate } | undefined)?.inflate;
    const decompress = native ?? inflate;
    this.#reader.window = new ByteWindow(this.#decompressed(compression, decompress, drain(window)));
    return true;
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
    this.#crc ??= new RangeCrc();
    if (error.code === "DATA_CRC_MISMATCH") {
      const size = claimedLength(window.bytes, window.position) + OVERHEAD_BYTES;
      this.#suspectUntil = Math.max(this.#suspectUntil, window.offset + size);
      if (await this.#boundaryHolds(size)) {
        const end = window.position + size;
        window.position = findSwallowedChain(window, this.#crc, end, this.#reader.limit) ?? end;
      } else await this.#seek();
    } else if (window.available > 0) await this.#seek();
    this.#settle();
    this.#report(error.byteOffset!, error);
  }

  async #seek(): Promise<void> {
    const window = this.#window;
    window.consume(1);
    await seekIntactRecord(window, this.#crc!, this.#reader.limit);
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

/** Everything from the window's position on; it must not be used any more. */
async function* drain(window: ByteWindow): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    while (await window.ensure(1)) {
      const rest = window.bytes.subarray(window.position);
      window.consume(rest.length);
      yield rest;
    }
  } finally {
    await window.close();
  }
}
