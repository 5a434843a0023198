/** 0.614 as "61.4 %". */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** A loss in nats, to three digits after the point. */
export function nats(loss: number): string {
  return loss.toFixed(3);
}

/** A rate such as 0.001 as "1e-3", or as it is. */
export function rate(value: number): string {
  return value >= 0.01 && value < 1000 ? `${value}` : value.toExponential().replace("e+", "e");
}

/** "1 image", "2 images"; `many` where an s does not make it. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : many}`;
}

/** "epochs 3 to 30", "epoch 3". */
export function epochRange(epochs: readonly number[]): string {
  const [first, last] = [epochs[0], epochs.at(-1)];
  return first === last ? `epoch ${first}` : `epochs ${first} to ${last}`;
}

/** "a, b and c". */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
