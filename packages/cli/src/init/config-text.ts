import type { Photographs } from "./look-at-photographs.ts";

/** What `cassava init` finds out. */
export interface InitAnswers {
  readonly dataset: string;
  readonly backbone: string;
  readonly weights: string;
  /** Absent: the defaults of `cassava train`. */
  readonly recipe?: string | undefined;
  readonly out: string;
}

/** `cassava.config.ts` with these answers. */
export function configText(answers: InitAnswers, { images, classes }: Photographs): string {
  const { dataset, ...rest } = answers;
  const line = ([key, value]: [string, unknown]) =>
    value === undefined ? [] : [`    ${key}: ${JSON.stringify(value)},`];
  return [
    'import { defineConfig } from "@cassava/cli";',
    "",
    "// Flags and variables (CASSAVA_TRAIN_EPOCHS=5) win over what stands here; cassava train --print-config shows what holds.",
    "export default defineConfig({",
    "  train: {",
    `    // ${images} images in ${classes.length} classes when this file was written. Paths are taken from where the command runs.`,
    ...line(["dataset", dataset]),
    ...Object.entries(rest).flatMap(line),
    "  },",
    "});",
    "",
  ].join("\n");
}
