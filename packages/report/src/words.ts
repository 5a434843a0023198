/** `0.683` as `68.3 %`. */
export function percent(share: number | null, digits = 1): string {
  return share === null || Number.isNaN(share) ? "–" : `${(100 * share).toFixed(digits)} %`;
}

/** `1 image`, `2 images`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** An interval of shares, as `61.2–74.0 %`. */
export function rangeOf({ low, high }: { readonly low: number | null; readonly high: number | null }): string {
  return low === null || high === null ? "–" : `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} %`;
}

/** An interval of differences of shares, as `-1.2 to 3.4 %`. */
export function differenceRange({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
}

/** A number to three decimals, `–` for one that is none. */
export function decimal(value: number | null, digits = 3): string {
  return value === null || Number.isNaN(value) ? "–" : value.toFixed(digits);
}

/** Seconds as `2.1 s`, `42 s`, `3 min 5 s`, `2 h 4 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** The name of a cause or a key in words: `val_loss` as `val loss`. */
export function words(key: string): string {
  return key
    .replaceAll(/[_-]/g, " ")
    .replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}
