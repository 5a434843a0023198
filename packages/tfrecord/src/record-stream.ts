import { placeError } from "./errors.ts";
import type { RecordReader } from "./record-reader.ts";

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * What an async generator over a reader would be, in a third of its time for small records: a record that is at hand is
 * answered with a settled promise. Calls that come before the last one is answered wait for it, as in a generator.
 */
export class RecordStream<T> implements AsyncGenerator<T, void, undefined> {
  readonly #reader: RecordReader;
  readonly #decode: (data: Uint8Array, reader: RecordReader) => T | undefined;
  /** The work under way and how many calls wait for it. */
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #ended = false;

  /** `decode` makes a value of a record's data, or undefined to pass over it. */
  constructor(reader: RecordReader, decode: (data: Uint8Array, reader: RecordReader) => T | undefined) {
    this.#reader = reader;
    this.#decode = decode;
  }

  next(): Promise<IteratorResult<T, void>> {
    try {
      while (this.#waiting === 0 && !this.#ended) {
        const data = this.#reader.take();
        if (data === undefined) break;
        const value = this.#decode(data, this.#reader);
        if (value !== undefined) return Promise.resolve({ done: false, value });
      }
    } catch (error) {
      return this.#enqueue(() => this.#fail(error));
    }
    return this.#enqueue(() => this.#advance());
  }

  return(): Promise<IteratorResult<T, void>> {
    return this.#enqueue(async () => {
      await this.#close();
      return DONE;
    });
  }

  throw(error: unknown): Promise<IteratorResult<T, void>> {
    return this.#enqueue(() => this.#fail(error));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #enqueue(work: () => Promise<IteratorResult<T, void>>): Promise<IteratorResult<T, void>> {
    this.#waiting++;
    const result = this.#tail.then(work).finally(() => this.#waiting--);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #advance(): Promise<IteratorResult<T, void>> {
    try {
      while (!this.#ended) {
        const data = await this.#reader.next();
        if (data === undefined) await this.#close();
        else {
          const value = this.#decode(data, this.#reader);
          if (value !== undefined) return { done: false, value };
        }
      }
      return DONE;
    } catch (error) {
      return await this.#fail(error);
    }
  }

  async #fail(error: unknown): Promise<never> {
    await this.#close();
    throw placeError(error, { file: this.#reader.file });
  }

  async #close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#reader.close();
  }
}
