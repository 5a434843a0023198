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

/** The name of a cause or a key in words: `val_loss` as `val loss`. */
export function words(key: string): string {
  return key
    .replaceAll(/[_-]/g, " ")
    .replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}
