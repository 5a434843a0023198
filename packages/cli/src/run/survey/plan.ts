import { backboneSpec, isModelsError } from "@cassava/models";
import { type Command, InvalidArgumentError } from "commander";
import { recipeOptions, settingsOf, type TrainOptions } from "../../commands/train-options.ts";
import { CliError } from "../../errors.ts";
import { RECIPES, type RecipeName } from "../recipes.ts";
import type { TrainSettings } from "../settings.ts";

/** Weights that are frozen as their initializers made them: for what has no weights at hand. */
const RANDOM = "random";

/** Options of a survey, beside those of a training. */
export interface SurveyOptions extends Omit<TrainOptions, "backbone" | "weights" | "recipe"> {
  readonly backbones: readonly string[];
  readonly weights: readonly string[];
  readonly recipes?: readonly RecipeName[];
  readonly ratios: string;
  readonly split?: string;
}

/** One model of a survey: its folder's name and its settings. */
export interface PlannedModel {
  readonly name: string;
  readonly settings: Omit<TrainSettings, "split" | "ratios">;
  /** Whether its frozen part is random because it was asked to be. */
  readonly random: boolean;
}

/**
 * The models of a survey: every backbone by every recipe, or by the options alone.
 *
 * @throws {CliError} `OPTION_INVALID`: a backbone is unknown, named twice, or has no weights
 */
export function surveyPlan(
  options: SurveyOptions,
  command: Command,
  paths: readonly string[],
  cwd: string,
): PlannedModel[] {
  const names = options.backbones.map(backboneOf);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new CliError("OPTION_INVALID", `--backbones names ${twice} twice`);
  const sources = weightsByBackbone(options.weights, names);
  const { recipes = [undefined] } = options;
  return names.flatMap((backbone) =>
    recipes.map((recipe): PlannedModel => {
      const source = sources.get(backbone)!;
      const merged: TrainOptions = {
        ...options,
        ...(recipe && recipeOptions(command, recipe)),
        backbone,
        // `random` passes for a file here: what is frozen has weights, and the settings below say that these are made by the seed.
        weights: source,
        ...(recipe && { recipe }),
      };
      const settings = settingsOf(merged, paths, cwd);
      const random = source === RANDOM;
      return {
        name: recipes.length > 1 ? `${backbone}-${recipe}` : backbone,
        settings: { ...settings, ...(random && { weights: "none", unfreeze: null }) },
        random,
      };
    }),
  );
}

/** `--recipes article,best` */
export function recipeNames(text: string): RecipeName[] {
  return text.split(",").map((name) => {
    if (name in RECIPES) return name as RecipeName;
    throw new InvalidArgumentError(`${name} is none of ${Object.keys(RECIPES).join(", ")}.`);
  });
}

function backboneOf(text: string): string {
  try {
    return backboneSpec(text).name;
  } catch (error) {
    if (!isModelsError(error)) throw error;
    throw new CliError("OPTION_INVALID", `--backbones: ${error.message}`, { cause: error });
  }
}

/** `SOURCE` for all, `BACKBONE=SOURCE` for one; the last one that fits counts. */
function weightsByBackbone(texts: readonly string[], backbones: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const text of texts.flatMap((one) => one.split(","))) {
    const [, named, own] = /^(\w+)=(.+)$/.exec(text) ?? [];
    if (named === undefined) {
      for (const name of backbones) found.set(name, text);
      continue;
    }
    const backbone = backboneOf(named);
    if (!backbones.includes(backbone))
      throw new CliError("OPTION_INVALID", `--weights ${text}: ${backbone} is not among --backbones`);
    found.set(backbone, own!);
  }
  const without = backbones.find((name) => !found.has(name));
  if (without !== undefined)
    throw new CliError(
      "OPTION_INVALID",
      `--weights: none for ${without}: add ${without}=FILE, or ${without}=${RANDOM}`,
    );
  return found;
}
