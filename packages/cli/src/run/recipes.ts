/** A set of options with a name, by commander's names. */
export interface Recipe {
  /** For `--help`. */
  readonly about: string;
  /** Where they come from. */
  readonly source: string;
  readonly options: Readonly<Record<string, number | string | readonly number[]>>;
}

/** Configurations that people ask for by name; the command shows what they set. */
export const RECIPES = {
  article: {
    about: "a frozen backbone under three dense layers, as the students trained it",
    source: "the students' settings for ResNet50, VGG16 and VGG19, but with the preprocessing that the weights ask for",
    options: {
      head: [256, 128, 64],
      dropout: 0.3,
      batchSize: 16,
      optimizer: "adam",
      learningRate: 1e-3,
      epochs: 30,
      patience: 5,
      plateau: 3,
      augment: "flip,rotation=0.1",
      views: 4,
    },
  },
  best: {
    about: "the head first, then the whole network, with what paid in the field",
    source:
      "what entries of the competition shared: AdamW, warm-up and cosine, label smoothing, frozen batch normalization, flips, rotation and zoom, test-time augmentation",
    options: {
      head: [256],
      dropout: 0.3,
      batchSize: 16,
      optimizer: "adam",
      learningRate: 1e-3,
      schedule: "cosine",
      epochs: 15,
      // As long as the longest stage: the best epochs of a cosine are its last, and few validation images make single epochs noise.
      patience: 20,
      augment: "flip,rotation=0.1,zoom=0.2",
      views: 4,
      labelSmoothing: 0.1,
      fineTune: "all",
      fineTuneEpochs: 20,
      fineTuneRate: 1e-4,
      fineTuneOptimizer: "adamW",
      tta: 4,
    },
  },
} as const satisfies Readonly<Record<string, Recipe>>;

export type RecipeName = keyof typeof RECIPES;

/** What a recipe comes to once the command line has had its say: each of its options, and which were overruled. */
export function describeRecipe(name: RecipeName, values: Readonly<Record<string, unknown>>): string {
  const shown = (value: unknown) => (Array.isArray(value) ? value.join(",") || "none" : String(value));
  const parts = Object.entries(RECIPES[name].options).map(([key, wanted]) => {
    const flag = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const now = shown(values[key]);
    return now === shown(wanted) ? `${flag} ${now}` : `${flag} ${now} (the recipe: ${shown(wanted)})`;
  });
  return `recipe ${name}: ${parts.join(" ")}`;
}
