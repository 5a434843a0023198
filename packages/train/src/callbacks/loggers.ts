import type { Callback, EpochLogs } from "@cassava/contracts";

/** Takes text as it comes; where it goes is the caller's affair. */
export type WriteText = (text: string) => void | Promise<void>;

/** Keras's `CSVLogger`: a line of column names, then one for each epoch with `epoch` (from 0) and the log keys in order of the alphabet. */
export function csvLogger(write: WriteText): Callback {
  let keys: string[] | undefined;
  return {
    name: "csvLogger",
    async onEpochEnd({ epoch, logs }) {
      if (keys === undefined) {
        keys = Object.keys(logs).sort();
        await write(`${["epoch", ...keys].join(",")}\n`);
      }
      await write(`${[epoch, ...keys.map((key) => logs[key] ?? "")].join(",")}\n`);
      return undefined;
    },
    // A resumed run appends to the file that it began.
    save: () => ({ json: keys ?? null }),
    restore({ json }) {
      keys = (json as string[] | null) ?? undefined;
    },
  };
}

/** One JSON object for each epoch, a line each: `epoch` (from 0) and the logs; numbers that are not finite become null. */
export function jsonLogger(write: WriteText): Callback {
  return {
    async onEpochEnd({ epoch, logs }: { epoch: number; logs: EpochLogs }) {
      await write(`${JSON.stringify({ epoch, ...logs })}\n`);
      return undefined;
    },
  };
}
