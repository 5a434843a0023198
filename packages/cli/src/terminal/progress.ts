import { duration } from "./format.ts";

/** Where progress is drawn. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Long work on its way. */
export interface Progress {
  /** `done` of the total; `note` stands at the end of the line, `picture` behind it on a terminal alone. */
  update(done: number, note?: string, picture?: string): void;
  /** What was done before this began: it counts as done, not for the time that is left. */
  skip(done: number): void;
  /** Clears the bar; the line that remains is the caller's. Returns the seconds it took. */
  end(): number;
}

const BAR = 24;
/** Milliseconds between two drawings on a terminal, and between two lines elsewhere. */
const REDRAW = 100;
const NEXT_LINE = 10_000;

/** A bar with percentage and ETA that redraws itself on a terminal; elsewhere a plain line every ten seconds. */
export function startProgress(label: string, total: number, stream: ProgressStream | undefined): Progress {
  let started = Date.now();
  let skipped = 0;
  const terminal = stream?.isTTY === true;
  let drawn = terminal ? 0 : started;
  return {
    update(done, note = "", picture = "") {
      const now = Date.now();
      if (stream === undefined || now - drawn < (terminal ? REDRAW : NEXT_LINE)) return;
      drawn = now;
      const share = total === 0 ? 1 : done / total;
      const pace = (now - started) / 1000 / (done - skipped);
      const eta = done > skipped && done < total ? `, ${duration(pace * (total - done))} left` : "";
      const figures = `${Math.floor(share * 100)} % (${done} of ${total})${eta}${note && `, ${note}`}`;
      if (!terminal) {
        stream.write(`${label}: ${figures}\n`);
        return;
      }
      const full = Math.round(share * BAR);
      const bar = `${"█".repeat(full)}${"░".repeat(BAR - full)}`;
      const whole = `${label} ${bar} ${figures}${picture && ` ${picture}`}`;
      const room = (stream.columns ?? 80) - 1;
      // Where not all has room, the picture says more than the bar, whose percentage stands beside it.
      const line = whole.length <= room || picture === "" ? whole : `${label} ${picture} ${figures}`;
      stream.write(`\r\u001b[2K${line.slice(0, room)}`);
    },
    skip(done) {
      [skipped, started] = [done, Date.now()];
    },
    end() {
      if (terminal) stream?.write("\r\u001b[2K");
      return (Date.now() - started) / 1000;
    },
  };
}
