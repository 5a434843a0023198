/** What the difficulty knob means for the painter. */
export interface DifficultyLevels {
  /** Multiplies every variation that says nothing about the class: colour, light, framing, dirt, blur, grain. */
  readonly nuisance: number;
  /** Opacity of the marks, 0-1. */
  readonly contrast: number;
  /** Share of the places where a mark may be that carry one, 0-1. */
  readonly amount: number;
}

/**
 * The level at which a linear model of the pixels is no better than the majority share and a small convolutional network
 * is far better, on 960 training leaves of 64 x 64 pixels.
 */
export const DEFAULT_DIFFICULTY = 0.35;

/** `difficulty` in [0, 1]: nuisance rises, contrast and amount of the marks fall, each linearly. */
export function difficultyLevels(difficulty: number): DifficultyLevels {
  return {
    nuisance: 0.5 + 0.8 * difficulty,
    contrast: 1 - 0.65 * difficulty,
    amount: 1 - 0.5 * difficulty,
  };
}
