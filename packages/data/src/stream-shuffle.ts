import { DataError } from "./errors.ts";
import { random } from "./random.ts";

/** How {@link bufferedShuffle} mixes. */
export interface BufferedShuffleOptions {
  /** Items held at a time, at least 1; 1 leaves the order as it is. */
  readonly bufferSize: number;
  readonly seed: number;
  /** Gives every epoch its own order. Default 0. */
  readonly epoch?: number;
}

/**
 * Shuffles a stream that is not known beforehand: each item comes out at random from the next `bufferSize`, as `shuffle` of
 * tf.data does. An item can come any number of places late, but never more than `bufferSize` - 1 early: where the source is
 * sorted, the result is not well mixed. Where the images are known, `imageBatches` shuffles exactly and needs no buffer.
 *
 * Iterating again starts the source again, with the same order of the same items. Throws a DataError (OPTION_INVALID) at
 * once; while iterating, the errors of the source.
 */
export function bufferedShuffle<T>(
  items: Iterable<T> | AsyncIterable<T>,
  { bufferSize, seed, epoch = 0 }: BufferedShuffleOptions,
): AsyncIterable<T> {
  if (!(Number.isInteger(bufferSize) && bufferSize >= 1)) {
    const message = `bufferedShuffle: bufferSize is ${bufferSize}: use an integer of at least 1`;
    throw new DataError("OPTION_INVALID", message);
  }
  return {
    async *[Symbol.asyncIterator]() {
      const chance = random(seed, "buffer", epoch);
      const buffer: T[] = [];
      for await (const item of items) {
        if (buffer.length < bufferSize - 1) {
          buffer.push(item);
          continue;
        }
        const at = chance.int(bufferSize);
        if (at === bufferSize - 1) yield item;
        else {
          const chosen = buffer[at]!;
          buffer[at] = item;
          yield chosen;
        }
      }
      while (buffer.length > 0) {
        const at = chance.int(buffer.length);
        const chosen = buffer[at]!;
        buffer[at] = buffer.at(-1)!;
        buffer.pop();
        yield chosen;
      }
    },
  };
}
