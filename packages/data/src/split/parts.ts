/** The parts of a split, in the order of its ratios. */
export const partNames = ["train", "validation", "test"] as const;

/** A part of a split. */
export type PartName = (typeof partNames)[number];
