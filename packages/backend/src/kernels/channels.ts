/** A group of neighbouring channels that one call handles. */
export interface ChannelGroup {
  readonly start: number;
  readonly width: number;
}

/** Covers `channels` by groups of the given widths, widest first; the last width must be 1 or divide what is left. */
export function channelGroups(channels: number, widths: readonly number[]): ChannelGroup[] {
  const groups: ChannelGroup[] = [];
  let start = 0;
  for (const width of widths) {
    for (; start + width <= channels; start += width) groups.push({ start, width });
  }
  return groups;
}
